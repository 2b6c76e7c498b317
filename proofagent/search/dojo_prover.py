"""Applying tactics in lean-dojo's REPL: a `Prover` for a theorem of a traced repository.

The REPL keeps proof states under numbers, the search keeps scripts: a place of a script is found by walking there from
the theorem, tactic by tactic, and kept for as long as the session lives. Where a script goes on in one of several
parts, the other parts are closed with `sorry` first, as they are in a document. So what closes a part is taken where
lean-dojo speaks of a `sorry` as well; and nothing that is taken here is proved before the gate says so.
"""

import re
import time
from collections.abc import Sequence
from typing import NamedTuple, Self

import anyio

from proofagent.errors import EngineRefused
from proofagent.lean.dojo.package import TracedTheorem
from proofagent.lean.dojo.session import DojoOutcome, DojoSession, DojoState
from proofagent.proof.graph import Frame
from proofagent.proof.script import Script, Step, indented, parse
from proofagent.proof.state import OpenGoal, ProofState, parse_goals
from proofagent.search.prover import Screening, StartFailed, Status, TacticResult

_OPEN_SECONDS = 600.0
_GAP = "proofagent_gap"
_SORRY = re.compile(r"\bsorry\b")
_CLAIM, _LEFT = ":= by", ":= ?_"
_CANNOT_READ = "the goals that are left cannot be read"


class Turn(NamedTuple):
    """A tactic of a script, and which of the parts that it leaves the way goes on in."""

    tactic: str
    part: int
    parts: int


class _Place(NamedTuple):
    """A state of the session; `sorried` says whether it was reached with the help of a `sorry`."""

    state: DojoState
    sorried: bool


class _AstrayError(Exception):
    """The way to a place cannot be walked; the result is the candidate's."""

    def __init__(self, status: Status, text: str) -> None:
        super().__init__(text)
        self.result = TacticResult(status, error=text)


class DojoProver:
    """Applies tactics to `theorem`, one at a time; its session is opened at the first need and after every loss.

    `start` and `apply` raise what `DojoSession.open` raises. Opening has a time of its own.
    """

    def __init__(self, theorem: TracedTheorem, *, open_seconds: float = _OPEN_SECONDS) -> None:
        self._theorem = theorem
        self._open_seconds = open_seconds
        self._session: DojoSession | None = None
        self._lock = anyio.Lock()
        self._places: dict[tuple[Turn, ...], _Place] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the session, if there is one."""
        if self._session is not None:
            await self._session.aclose()

    async def start(self) -> ProofState:
        """The theorem's own goal. Raises `StartFailed` where lean-dojo cannot work with the theorem."""
        async with self._lock:
            try:
                session = await self._opened()
            except EngineRefused as error:
                raise StartFailed(str(error)) from error
            goals = open_goals(session.initial)
        if not goals:
            raise StartFailed(_CANNOT_READ)
        return ProofState(goals)

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        """As `Prover.apply`. "ok" without children says that lean-dojo sees nothing left: never that it is proved."""
        turns = way(frame)
        if turns is None:
            return TacticResult("error", error="the place of the tactic is not found in its script")
        async with self._lock:
            session = await self._opened()
            began = time.monotonic()
            try:
                place = await self._walked(session, turns, until=began + deadline)
                result = await _tried(session, place, tactic, until=began + deadline)
            except _AstrayError as error:
                result = error.result
        took = time.monotonic() - began
        return TacticResult(result.status, result.children, result.error, took)

    async def screen(self, _frame: Frame, _tactics: Sequence[str], *, deadline: float) -> Screening:  # noqa: ARG002
        """Nothing is learned by it: to lean-dojo a way is no burden."""
        return Screening()

    async def _opened(self) -> DojoSession:
        if self._session is None or not self._session.alive:
            self._places.clear()
            self._session = await DojoSession.open(self._theorem, deadline=self._open_seconds)
            self._places[()] = _Place(self._session.initial, sorried=False)
        return self._session

    async def _walked(self, session: DojoSession, turns: tuple[Turn, ...], *, until: float) -> _Place:
        known = len(turns)
        while turns[:known] not in self._places:
            known -= 1
        place = self._places[turns[:known]]
        for walked in range(known, len(turns)):
            place = await _turned(session, place, turns[walked], until=until)
            self._places[turns[: walked + 1]] = place
        return place


async def _turned(session: DojoSession, place: _Place, turn: Turn, *, until: float) -> _Place:
    """Where a turn leads."""
    state = await _moved(session, place.state, turn.tactic, until=until)
    sorried = place.sorried or _SORRY.search(turn.tactic) is not None
    if turn.parts == 1:
        return _Place(state, sorried)
    goals = open_goals(state)
    if len(ProofState(goals).split()) != turn.parts or len(goals) != turn.parts:
        raise _AstrayError("error", f"`{turn.tactic}` does not leave {turn.parts} parts in lean-dojo")
    # The goal that is wanted goes to the end, and all before it are closed.
    alone = "; ".join([f"rotate_left {turn.part + 1}", *["sorry"] * (turn.parts - 1)])
    return _Place(await _moved(session, state, alone, until=until), sorried=True)


async def _moved(session: DojoSession, state: DojoState, tactic: str, *, until: float) -> DojoState:
    outcome = await _ran(session, state, tactic, until=until)
    if outcome.status in ("timed-out", "lost"):
        raise _AstrayError(outcome.status, outcome.text)
    if outcome.state is None:
        raise _AstrayError("error", f"`{tactic}` no longer leads on: {outcome.text or outcome.status}")
    return outcome.state


async def _ran(session: DojoSession, state: DojoState, tactic: str, *, until: float) -> DojoOutcome:
    """Run a step as one tactic: the REPL parses one alone, and a step may be several."""
    left = until - time.monotonic()
    if left <= 0:  # to hand it over now would cost the session
        return DojoOutcome("timed-out", text="no time is left for the tactic")
    return await session.run(state, f"({indented(tactic, 1)})", deadline=left)


async def _tried(session: DojoSession, place: _Place, tactic: str, *, until: float) -> TacticResult:
    outcome = await _ran(session, place.state, tactic, until=until)
    if outcome.status == "open" and outcome.state is not None:
        goals = open_goals(outcome.state)
        if not goals:
            return TacticResult("error", error=_CANNOT_READ)
        return TacticResult("ok", ProofState(goals).split())
    if outcome.status == "unchecked" or (outcome.status == "given-up" and place.sorried):
        return TacticResult("ok")
    if outcome.status in ("timed-out", "lost", "refused"):
        return TacticResult(outcome.status, error=outcome.text)
    return TacticResult("error", error=outcome.text)


def open_goals(state: DojoState) -> tuple[OpenGoal, ...]:
    """The goals of a state, as our own parser reads them; none where lean-dojo's reads other targets."""
    goals = parse_goals(state.text)
    theirs = [" ".join(goal.target.split()) for goal in state.goals]
    return goals if [" ".join(goal.target.split()) for goal in goals] == theirs else ()


def way(frame: Frame) -> tuple[Turn, ...] | None:
    """The turns from the theorem to the gap of `frame`; None where it is no script, or the gap cannot be reached."""
    try:
        return _turns(parse(frame.before + _GAP + frame.after))
    except ValueError:
        return None


def _turns(script: Script) -> tuple[Turn, ...] | None:
    walked: list[Turn] = []
    while isinstance(script, Step):
        if script.tactic == _GAP:
            return tuple(walked)
        if _GAP in script.tactic:
            inside = _within_claim(script.tactic)
            return None if inside is None else (*walked, *inside)
        if len(script.children) == 1:
            walked.append(Turn(script.tactic, 0, 1))
            script = script.children[0]
            continue
        for part, child in enumerate(script.children):
            if (rest := _turns(child)) is not None:
                return (*walked, Turn(script.tactic, part, len(script.children)), *rest)
        break
    return None


def _within_claim(tactic: str) -> tuple[Turn, ...] | None:
    """The turns to a gap in the proof of a `have`, which is written in its place (see `proof.script`)."""
    lines = tactic.split("\n")
    for row, line in enumerate(lines):
        inner = lines[row + 1 :]
        if line.endswith(_CLAIM) and inner and all(text.startswith("  ") for text in inner):
            claim = "\n".join(lines[: row + 1]).removesuffix(_CLAIM) + _LEFT
            try:
                rest = _turns(parse("\n".join(text[2:] for text in inner)))
            except ValueError:
                continue
            return None if rest is None else (Turn(claim, 1, 2), *rest)
    return None
