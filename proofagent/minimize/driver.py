"""Shortens the proofs of a file: tries what the passes propose, and keeps what Lean accepts.

A round is one pass over the tree of one proof: what the passes propose is tried with a warm engine, the largest cut
first, and edits that do not touch each other are kept together. At the end of a round the gate decides about the file
as a whole; where it refuses, the kept edits are taken back one by one until it accepts. So every edit in what is given
back was accepted by the gate, though not each one by itself; until then it counts for nothing.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import anyio

from proofagent.errors import GoalError
from proofagent.goals.lexer import uncommented
from proofagent.minimize.acceptor import Acceptor, Ruling
from proofagent.minimize.edits import Edit, Edits, Place, apply, disjoint, places
from proofagent.minimize.passes import proposals
from proofagent.minimize.passes.base import CLOSERS, Script, script_of
from proofagent.score.tokens import lean_tokens

Measure = Callable[[str], tuple[int, ...]]
"""The length of a proof's text; smaller is better."""

_GROUPED = ("", " <;> ")
"""What may stand before a closing tactic in an edit that is tried together with others."""


def by_tokens(proof: str) -> tuple[int, ...]:
    """Lean's tokens, then characters without comments and blanks. Raises `GoalError`."""
    return lean_tokens(proof), len("".join(uncommented(proof).split()))


@dataclass(frozen=True, slots=True)
class Shortened:
    """What became of one theorem's proof, in Lean tokens."""

    name: str
    before: int
    after: int
    variants: tuple[int, ...] = ()
    """Of every shorter proof that a warm engine took, in the order in which they were found."""
    tried: int = 0
    seconds: float = 0.0

    @property
    def reduction(self) -> float:
        return 1 - self.after / self.before if self.before else 0.0

    def shortest(self, k: int) -> int:
        """min@k: the shortest of the first `k` variants, or the original where there is none or it is shorter."""
        return min([self.before, *(max(each, self.after) for each in self.variants[:k])])


@dataclass(slots=True)
class _Work:
    """One theorem while it is worked on."""

    index: int
    name: str
    before: int
    variants: list[int] = field(default_factory=list)
    tried: int = 0
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0


Listener = Callable[[str, int, int, int], None]
"""Is told a theorem, its tokens at first and now, and how many candidates were tried."""


class Minimizer:
    """Shortens the theorems at `indices` among the `places` of `body`, a file without its imports.

    `run` may be cancelled at any time; `settle` then asks the gate about what was found and not yet decided. After
    that, `body` is what the gate accepted, at worst the original. `ruling` is the gate's last word on it.
    """

    def __init__(
        self,
        body: str,
        indices: Sequence[int],
        acceptor: Acceptor,
        *,
        measure: Measure = by_tokens,
        workers: int = 1,
        listener: Listener = lambda *_: None,
    ) -> None:
        self.body = self.original = body
        self.ruling: Ruling | None = None
        self._history = [body]
        """The last text that the gate accepted, and behind it what the warm engine took since."""
        self._names = [place.name for place in places(body)]
        self._work = [
            _Work(index, place.name, lean_tokens(body[place.proof : place.end]))
            for index, place in enumerate(places(body))
            if index in indices
        ]
        self._acceptor, self._measure, self._workers, self._listener = acceptor, measure, max(1, workers), listener
        self._known: dict[str, bool] = {}
        """What was decided about commands, by their texts; within a theorem nothing else changes."""

    async def run(self) -> None:
        """Shorten until no pass finds anything. Nothing is done where the gate does not accept the original."""
        self.ruling = await self._acceptor.gate(self.body)
        if self.ruling.outcome != "accepted":
            return
        for work in self._work:
            work.began = time.monotonic()
            try:
                await self._shorten(work)
            finally:
                work.seconds = time.monotonic() - work.began

    async def settle(self) -> None:
        """Have the gate decide about all that was kept since it last accepted."""
        if self.ruling is None or self.ruling.outcome != "accepted":
            return
        while len(self._history) > 1:
            ruling = await self._acceptor.gate(self._history[-1])
            if ruling.outcome == "accepted":
                self.body, self.ruling = self._history[-1], ruling
                self._history = [self.body]
            else:
                refused = self._history.pop()
                self._known |= {refused[place.start : place.end]: False for place in places(refused)}

    def results(self) -> tuple[Shortened, ...]:
        """What became of each theorem so far, by the text that the gate accepted."""
        now = places(self.body)
        found = []
        for work in self._work:
            place = now[work.index]
            after = lean_tokens(self.body[place.proof : place.end])
            found.append(
                Shortened(work.name, work.before, after, tuple(work.variants), work.tried, round(work.seconds, 3))
            )
        return tuple(found)

    async def _shorten(self, work: _Work) -> None:
        self._known.clear()
        place = places(self.body)[work.index]
        await self._acceptor.calibrate(self.body[: place.start], self.body[place.start : place.end])
        while True:
            await self._round(work)
            if len(self._history) == 1:
                return
            before = self.body
            await self.settle()
            if self.body == before:
                return

    async def _round(self, work: _Work) -> None:
        text = self.body
        place = places(text)[work.index]
        script = script_of(text, place.proof, place.end, place.start)
        queue = ranked(script, proposals(script))
        queue.reverse()
        kept = list[Edit]()
        while queue:
            batch = list[tuple[Sequence[Edits], str]]()
            while queue and len(batch) < self._workers:
                group = queue.pop()
                command = self._candidate(text, place, kept, group)
                if command is not None and command not in {each for _, each in batch}:
                    batch.append((group, command))
            answers = await self._tried(work, text[: place.start], batch)
            taken = False
            for (group, command), well in reversed(list(zip(batch, answers, strict=True))):
                if well and len(group) > 1:
                    queue += [(edits,) for edits in reversed(group)]
                elif well and batch[answers.index(True)][1] != command:
                    queue.append(group)  # to be tried again, together with the better one
                elif well:
                    taken = self._keep(work, text, place, [*kept, *group[0]])
                    kept += group[0] if taken else ()
            if taken:
                self._listener(work.name, work.before, work.variants[-1], work.tried)

    def _candidate(self, text: str, place: Place, kept: Sequence[Edit], group: Sequence[Edits]) -> str | None:
        """The command to be tried for a group of edits; None where there is no need to."""
        edits = group[0] if len(group) == 1 else (_choice(group),)
        if not disjoint(edits, kept):
            return None
        try:
            new = _command(text, place, [*kept, *edits])
            gained = len(group) > 1 or self._measured(text, place, [*kept, *edits]) < self._measured(text, place, kept)
        except (GoalError, ValueError):
            return None
        return new if gained and self._known.get(new) is not False else None

    def _measured(self, text: str, place: Place, edits: Iterable[Edit]) -> tuple[int, ...]:
        return self._measure(_command(text, place, edits)[place.proof - place.start :])

    async def _tried(self, work: _Work, before: str, batch: Sequence[tuple[Sequence[Edits], str]]) -> list[bool]:
        """What the warm engines say of each, side by side."""
        answers = [False] * len(batch)

        async def one(number: int, group: Sequence[Edits], command: str) -> None:
            well = self._known.get(command)
            if well is None:
                well = await self._acceptor.quick(before, command, timed=len(group) == 1)
                self._known[command] = well
                work.tried += 1
            answers[number] = well

        async with anyio.create_task_group() as tasks:
            for number, (group, command) in enumerate(batch):
                tasks.start_soon(one, number, group, command)
        self._listener(work.name, work.before, work.variants[-1] if work.variants else work.before, work.tried)
        return answers

    def _keep(self, work: _Work, text: str, place: Place, edits: Sequence[Edit]) -> bool:
        """Keep a text for the gate; False where it is no longer cut into the same theorems."""
        new = apply(text, edits, start=place.proof, end=place.end)
        if [each.name for each in places(new)] != self._names:
            return False
        self._history.append(new)
        work.variants.append(lean_tokens(_command(text, place, edits)[place.proof - place.start :]))
        return True


def _command(text: str, place: Place, edits: Iterable[Edit]) -> str:
    """The command with its proof edited."""
    part = [Edit(edit.start - place.start, edit.end - place.start, edit.text) for edit in edits]
    return apply(text[place.start : place.end], part, start=place.proof - place.start)


def ranked(script: Script, proposed: Iterable[Edits]) -> list[Sequence[Edits]]:
    """What is worth a try, the largest cut in tokens first; closing tactics for one place are a group.

    A group is tried at once (`first | … | …`), and its members only where that is accepted.
    """
    starts = [token.start for token in script.tokens]
    groups: dict[tuple[int, int, str], list[tuple[int, Edits]]] = {}
    found = list[tuple[int, Sequence[Edits]]]()
    for edits in dict.fromkeys(tuple(sorted(edits)) for edits in proposed):
        gain = _gain(script, starts, edits)
        if gain is None:
            continue
        key = _group(edits)
        if key is None:
            found.append((gain, (edits,)))
        else:
            groups.setdefault(key, []).append((gain, edits))
    for members in groups.values():
        members.sort(key=lambda member: -member[0])
        found.append((members[0][0], tuple(edits for _, edits in members)))
    found.sort(key=lambda item: -item[0])
    return [edits for _, edits in found]


def _gain(script: Script, starts: Sequence[int], edits: Edits) -> int | None:
    """How many tokens edits save, give or take the joints; None where that is less than none, or they are no edits."""
    gain, done = 0, script.start
    try:
        for edit in edits:
            if not done <= edit.start <= edit.end <= script.end:
                return None
            gain += bisect_left(starts, edit.end) - bisect_left(starts, edit.start) - lean_tokens(edit.text)
            done = edit.end
    except GoalError:
        return None
    return gain if gain >= 0 else None


def _group(edits: Edits) -> tuple[int, int, str] | None:
    if len(edits) != 1:
        return None
    edit = edits[0]
    for before in _GROUPED:
        rest = edit.text.removeprefix(before) if edit.text.startswith(before) else ""
        if rest in CLOSERS or (rest.startswith("exact ") and rest.count(" ") == 1 and rest.isascii()):
            return edit.start, edit.end, before
    return None


def _choice(group: Sequence[Edits]) -> Edit:
    """One edit that does what any of a group's does."""
    edit, before = group[0][0], _GROUPED[1] if group[0][0].text.startswith(_GROUPED[1]) else ""
    # Names first: a tactic that runs out of heartbeats ends the whole attempt.
    options = " | ".join(sorted((edits[0].text.removeprefix(before) for edits in group), key=_by_cost))
    return Edit(edit.start, edit.end, f"{before}(first | {options})")


def _by_cost(closer: str) -> int:
    return CLOSERS.index(closer) if closer in CLOSERS else -1


def at_k(results: Sequence[Shortened], k: int) -> tuple[float, float]:
    """min@k and red@k (ProofOptimizer, arXiv 2510.15700): the mean length of the shortest, and the mean relative cut.

    The variants are those of one run, in the order in which they were found, not samples. 0 where there is no result.
    """
    if not results:
        return 0.0, 0.0
    shortest = [each.shortest(k) for each in results]
    cuts = [1 - least / each.before for least, each in zip(shortest, results, strict=True)]
    return sum(shortest) / len(results), sum(cuts) / len(results)
