"""A journal, read once from its beginning to its end: the model of the run, and a packed detail of each goal.

What is kept of a goal is a row and its detail, cut and compressed, however long the journal is.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from proofagent.report.models import (
    CurvePoint,
    FailureExample,
    FailureKind,
    Moment,
    Refused,
    RowModel,
    RunModel,
    Share,
)
from proofagent.report.statistics import wilson
from proofagent.report.stories import Story
from proofagent.report.texts import json_of, line_of, tamed, tamed_json
from proofagent.runs.journal import BatchConfig, Ended, Event, Known, Resumed, Started
from proofagent.runs.progress import Progress, Standing
from proofagent.runs.searched import FailureCount

_MOST_EXAMPLES = 3
_MOST_TRIES, _MOST_CALLS, _MOST_ANSWER = 40, 30, 600
_MOST_STATEMENT = 240
_LEVEL = 4
_NOT_OF_A_DETAIL = frozenset({"name", "origin", "statement", "digest", "calls", "refused"})
_NOT_OF_A_GOAL = frozenset({"at", "event", "digest", "name"})


@dataclass(slots=True)
class Run:
    """A run as it was read, and `details` of its goals in the order of its rows."""

    model: RunModel
    details: "list[Detail]"


@dataclass(slots=True)
class Detail:
    """All that a page tells of a goal; what is large is compressed, and empty where there is none."""

    story: Story
    statement: str = ""
    """Its beginning, on one line."""

    goal: bytes = b""
    result: bytes = b""
    search: bytes = b""
    proof_length: int | None = None
    failures: dict[str, int] = field(default_factory=dict)

    def begin(self, event: Known, *, pack: bool) -> None:
        self.statement = line_of(event.statement, _MOST_STATEMENT)
        if pack:
            self.goal = _packed(tamed_json(event, _NOT_OF_A_GOAL))

    def keep(self, event: Ended, *, pack: bool) -> None:
        """Let the end of an attempt tell of the goal."""
        proof = event.result.proof
        self.proof_length = None if proof is None else len("".join(proof.split()))
        search = event.search
        if search is not None:
            self.failures = {failure.kind: failure.count for failure in search.failures}
        if pack:
            hidden = _NOT_OF_A_DETAIL if search is None else _NOT_OF_A_DETAIL | {"tree"}
            self.result = _packed(tamed_json(event.result, hidden))
            self.search = _packed(tamed_json(search)) if search is not None else self.search

    def json(self, *, search: bool = True) -> str:
        """What a page is told; without its `search`, that there was one."""
        story = self.story
        parts = {
            "goal": _unpacked(self.goal),
            "tries": f"[{','.join(map(tamed_json, story.tries.values()))}]",
            "calls": f"[{','.join(map(tamed_json, story.calls))}]",
            "called": str(story.called),
            "refused": json_of(tamed(story.refused)),
            "result": _unpacked(self.result),
            "search": _unpacked(self.search) if search else "null",
            "search_left_out": "false" if search or not self.search else "true",
        }
        return "{" + ",".join(f'"{name}":{text}' for name, text in parts.items()) + "}"


def read_run(folder: Path, events: Iterable[Event], *, details: bool = True) -> Run:
    """What the events of the run in `folder` come to; only a page needs the `details`."""
    reader = _Reader(pack=details)
    for event in events:
        reader.see(event)
    return Run(reader.model(folder), list(reader.details.values()))


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), _LEVEL)


def _unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode() if data else "null"


@dataclass(slots=True)
class _Reader:
    pack: bool
    progress: Progress = field(default_factory=Progress)
    details: dict[str, Detail] = field(default_factory=dict)
    config: BatchConfig | None = None
    resumed: int = 0
    worked: float = 0.0
    history: list[Moment] = field(default_factory=list)
    examples: dict[str, list[FailureExample]] = field(default_factory=dict)

    def see(self, event: Event) -> None:
        if isinstance(event, Started | Resumed):
            self.config = event.config
            self.resumed += isinstance(event, Resumed)
            for detail in self.details.values():
                detail.story.give_up()
        elif self.progress.last:  # the clock may have been set back
            self.worked += max(0.0, event.at - self.progress.last)
        self.progress.see(event)
        digest = getattr(event, "digest", None)
        if isinstance(digest, str):
            self._goal(event, digest)

    def _goal(self, event: Event, digest: str) -> None:
        if digest not in self.details:
            self.details[digest] = Detail(Story(_MOST_TRIES, _MOST_CALLS, _MOST_ANSWER))
        detail = self.details[digest]
        if isinstance(event, Known):
            detail.begin(event, pack=self.pack)
        if detail.story.see(event) and isinstance(event, Ended):
            detail.keep(event, pack=self.pack)
            for failure in event.search.failures if event.search else ():
                self._example(event, failure)
            if event.result.outcome == "proved":
                self._proved()

    def _example(self, event: Ended, failure: FailureCount) -> None:
        found = self.examples.setdefault(failure.kind, [])
        if len(found) < _MOST_EXAMPLES and all(example.digest != event.digest for example in found):
            found.append(
                FailureExample(
                    digest=event.digest,
                    name=event.result.name,
                    tactic=failure.tactic,
                    target=failure.target,
                    reason=failure.reason,
                )
            )

    def _proved(self) -> None:
        cost = self.progress.cost
        self.history.append(
            Moment(
                seconds=round(self.worked, 3),
                dollars=cost.dollars,
                tokens=cost.tokens,
                proved=len(self.history) + 1,
            )
        )

    def model(self, folder: Path) -> RunModel:
        progress = self.progress
        rows = tuple(self._rows())
        needed = sorted(row.needed for row in rows if row.needed is not None)
        share = wilson(len(needed), len(rows))
        stories = {digest: detail.story for digest, detail in self.details.items()}
        endings = Counter(row.kind for row in rows if row.kind)
        return RunModel(
            run=str(folder).encode("utf-8", "replace").decode(),
            goals=len(rows),
            outcomes=dict(sorted(progress.outcomes().items())),
            stopped=progress.stopped or "not finished",
            wall_seconds=round(progress.last - progress.began, 3),
            cost=progress.cost,
            curve=tuple(CurvePoint(seconds=at, proved=count) for count, at in enumerate(needed, 1)),
            rows=rows,
            config=self.config,
            resumed=self.resumed,
            bad_lines=len(progress.bad),
            work_seconds=round(self.worked, 3),
            calls=progress.calls,
            proved=Share(count=len(needed), of=len(rows), low=round(share.low, 6), high=round(share.high, 6)),
            history=tuple(self.history),
            endings=dict(sorted(endings.items(), key=lambda item: (-item[1], item[0]))),
            failures=tuple(self._failures(rows)),
            accepted=sum(story.accepted for story in stories.values()),
            refused=tuple(
                Refused(digest=row.digest, name=row.name, why=why)
                for row in rows
                for why in stories[row.digest].refused
            ),
        )

    def _rows(self) -> Iterator[RowModel]:
        for digest, detail in self.details.items():
            standing = self.progress.standings.get(digest) or Standing(digest)
            yield _row(standing, detail)

    def _failures(self, rows: Iterable[RowModel]) -> Iterator[FailureKind]:
        counts, goals = Counter[str](), Counter[str]()
        for row in rows:
            counts.update(row.failures)
            goals.update(row.failures.keys())
        for kind, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            examples = tuple(self.examples.get(kind, ()))
            yield FailureKind(kind=kind, count=count, goals=goals[kind], examples=examples)


def _row(standing: Standing, detail: Detail) -> RowModel:
    story = detail.story
    proved = standing.outcome == "proved"
    return RowModel(
        digest=standing.digest,
        name=standing.name,
        origin=standing.origin,
        outcome=standing.outcome or "open",
        seconds=round(standing.seconds, 3),
        needed=round(story.needed, 3) if proved else None,
        candidates=standing.candidates,
        attempts=standing.attempts,
        lost=standing.lost,
        dollars=standing.cost.dollars,
        tokens=standing.cost.tokens,
        why="" if proved else standing.why,
        proof=standing.proof,
        kind=story.kind,
        proof_length=detail.proof_length,
        calls=story.called,
        refused=len(story.refused),
        failures=detail.failures,
    )
