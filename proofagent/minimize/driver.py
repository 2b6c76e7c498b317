"""Shortens the proofs of a file: tries what the passes propose, and keeps what Lean accepts.

A round is one pass over the tree of one proof: what the passes propose is tried with a warm engine, the largest cut
first, and edits that do not touch each other are kept together. At the end of a round the gate decides about the file
as a whole, and what it accepts is compared with what was there by the profile; where either says no, kept edits are
taken back until both agree. So every edit in what is given back was accepted by the gate, though not each one by
itself; until then it counts for nothing.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import anyio

from proofagent.errors import GoalError
from proofagent.minimize.acceptor import Acceptor, Ruling
from proofagent.minimize.edits import Edit, Edits, Place, apply, disjoint, places
from proofagent.minimize.measure import Measure, by_tokens
from proofagent.minimize.passes import proposals
from proofagent.minimize.passes.base import Script, script_of
from proofagent.minimize.quality import Quality
from proofagent.minimize.ranking import choice, ranked
from proofagent.score.tokens import lean_tokens

_MOST_FRUITLESS = 6
"""Rounds one after the other of which all was taken back, before a theorem is given up."""


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


class Adviser(Protocol):
    """Proposes edits of one proof that its text alone does not suggest: Lean may be asked, or a model."""

    async def advise(self, script: Script, place: Place) -> Sequence[Edits]:
        """Edits of the proof `script`, of the theorem at `place`; raises `EngineError` where Lean cannot work."""
        ...


class Minimizer:
    """Shortens the theorems at `indices` among the `places` of `body`, a file without its imports.

    `advisers` are asked in each round; those of `late`, which cost more, only about a proof in which a round found
    nothing. `quality` may object to what the gate accepts. With `blind`, what counts most is not seen by `measure`,
    and what is advised is tried whatever that says.

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
        blind: bool = False,
        quality: Quality | None = None,
        advisers: Sequence[Adviser] = (),
        late: Sequence[Adviser] = (),
        workers: int = 1,
        listener: Listener = lambda *_: None,
    ) -> None:
        self.body = self.original = body
        self.ruling: Ruling | None = None
        self.refused: list[str] = []
        """Why the gate, or the profile, did not take what the warm engines took."""

        self._history = [body]
        """The last text that was accepted, and behind it what the warm engine took since."""
        self._names = [place.name for place in places(body)]
        self._work = [
            _Work(index, place.name, lean_tokens(body[place.proof : place.end]))
            for index, place in enumerate(places(body))
            if index in indices
        ]
        self._acceptor, self._measure, self._workers, self._listener = acceptor, measure, max(1, workers), listener
        self._blind, self._quality, self._advisers, self._late = blind, quality, advisers, late
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
        """Have the gate, and the profile, decide about all that was kept since they last accepted.

        What was kept last is asked about first. Where it is refused, half of the edits are taken back, and so on: what
        stays was accepted as it is, and the text with one edit more was not.
        """
        if self.ruling is None or self.ruling.outcome != "accepted":
            return
        probe = len(self._history) - 1
        while len(self._history) > 1:
            text = self._history[probe]
            ruling, objection = await self._ruled(text)
            if ruling is None:
                self.refused.append(objection)
                self._known |= {text[place.start : place.end]: False for place in places(text)}
                del self._history[probe:]
            else:
                self.body, self.ruling = text, ruling
                del self._history[:probe]
            probe = max(1, len(self._history) // 2)

    async def _ruled(self, text: str) -> tuple[Ruling | None, str]:
        """The gate's word on a text that may be kept; otherwise None, and why it may not."""
        if self._quality is not None:
            # First, as it takes less time than the gate. Being no worse is not transitive where small differences
            # count as none, so the original is asked about too.
            objection = await self._quality.objection(text, self.body, self.original)
            if objection:
                return None, objection
        ruling = await self._acceptor.gate(text)
        return (ruling, "") if ruling.outcome == "accepted" else (None, f"the gate: {ruling.why or ruling.outcome}")

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
        asked, seen, fruitless = set[str](), {self.body}, 0
        while fruitless <= _MOST_FRUITLESS:
            script, place = self._script(work)
            await self._round(
                work, ranked(script, proposals(script)), await self._advice(self._advisers, script, place)
            )
            if len(self._history) == 1 and self.body not in asked:
                asked.add(self.body)
                await self._round(work, [], await self._advice(self._late, script, place))
            if len(self._history) == 1:
                return
            before = self.body
            await self.settle()
            fruitless = fruitless + 1 if self.body == before else 0
            if self.body != before and self.body in seen:
                return
            seen.add(self.body)

    def _script(self, work: _Work) -> tuple[Script, Place]:
        place = places(self.body)[work.index]
        return script_of(self.body, place.proof, place.end, place.start), place

    async def _advice(self, advisers: Sequence[Adviser], script: Script, place: Place) -> list[Edits]:
        """What is advised, each once, the best text first; what is no edit of a proof is left out."""
        found = dict.fromkeys(
            [tuple(sorted(edits)) for each in advisers for edits in await each.advise(script, place) if edits]
        )
        rated = list[tuple[tuple[float, ...], Edits]]()
        for edits in found:
            with suppress(GoalError, ValueError):
                rated.append((self._measured(script.text, place, edits), edits))
        return [edits for _, edits in sorted(rated, key=lambda pair: pair[0])]

    async def _round(self, work: _Work, proposed: Sequence[Sequence[Edits]], advised: Sequence[Edits]) -> None:
        """Try what is proposed and what is advised, and keep what Lean takes.

        Advice that is better in what counts most comes first: a strong tactic that closes all may be in its way.
        With several workers it is tried ahead: what comes behind something that is kept is tried again on top of it.
        So whatever their number, the result is the same.
        """
        text, place = self.body, places(self.body)[work.index]
        most = self._measured(text, place, ())[0]
        better = [edits for edits in advised if self._measured(text, place, edits)[0] < most]
        others = [edits for edits in advised if edits not in better]
        queue = [*((edits,) for edits in better), *proposed, *((edits,) for edits in others)]
        queue.reverse()
        free = frozenset(advised) if self._blind else frozenset[Edits]()
        kept = list[Edit]()
        while queue:
            batch = list[tuple[Sequence[Edits], str | None]]()
            ahead = set[str]()
            while queue and len(ahead) < self._workers:
                group = queue.pop()
                command = self._candidate(text, place, kept, group, free)
                batch.append((group, None if command in ahead else command))
                ahead |= {command} if command is not None else set()
            answers = await self._tried(work, text[: place.start], batch)
            if True not in answers:
                continue
            first = answers.index(True)
            queue += [group for group, _ in reversed(batch[first + 1 :])]
            group = batch[first][0]
            if len(group) > 1:
                queue += [(edits,) for edits in reversed(group)]
            elif self._keep(work, text, place, [*kept, *group[0]]):
                kept += group[0]
                self._listener(work.name, work.before, work.variants[-1], work.tried)

    def _candidate(
        self, text: str, place: Place, kept: Sequence[Edit], group: Sequence[Edits], free: AbstractSet[Edits]
    ) -> str | None:
        """The command to be tried for a group of edits; None where there is no need to."""
        edits = group[0] if len(group) == 1 else (choice(group),)
        if not disjoint(edits, kept):
            return None
        try:
            new = _command(text, place, [*kept, *edits])
            gained = edits in free or any(self._gains(text, place, kept, each) for each in group)
        except (GoalError, ValueError):
            return None
        return new if gained and self._known.get(new) is not False else None

    def _gains(self, text: str, place: Place, kept: Sequence[Edit], edits: Edits) -> bool:
        return self._measured(text, place, [*kept, *edits]) < self._measured(text, place, kept)

    def _measured(self, text: str, place: Place, edits: Iterable[Edit]) -> tuple[float, ...]:
        return self._measure(_command(text, place, edits)[place.proof - place.start :])

    async def _tried(self, work: _Work, before: str, batch: Sequence[tuple[Sequence[Edits], str | None]]) -> list[bool]:
        """What the warm engines say of each, side by side; of nothing, False."""
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
                if command is not None:
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


def at_k(results: Sequence[Shortened], k: int) -> tuple[float, float]:
    """min@k and red@k (ProofOptimizer, arXiv 2510.15700): the mean length of the shortest, and the mean relative cut.

    The variants are those of one run, in the order in which they were found, not samples. 0 where there is no result.
    """
    if not results:
        return 0.0, 0.0
    shortest = [each.shortest(k) for each in results]
    cuts = [1 - least / each.before for least, each in zip(shortest, results, strict=True)]
    return sum(shortest) / len(results), sum(cuts) / len(results)
