"""Applying tactics: what the search needs of Lean, and how Lean is asked.

A candidate at an open goal is elaborated as a whole declaration: the way to the goal, the candidate, a probe that
prints the goals left, and `sorry` for everything else. Lean's kernel checks each of these partial proofs.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from proofagent.check.programs import programs
from proofagent.errors import ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.lean.engine import Elaboration, Header, Message
from proofagent.lean.pool import Pool
from proofagent.proof.graph import Frame
from proofagent.proof.script import braced, indented
from proofagent.proof.state import ProofState, parse_goals
from proofagent.search.suggestions import suggestions

Status = Literal["ok", "error", "timed-out", "lost", "refused"]
"""Of a candidate; one that is "refused" was not given to Lean at all."""

_START_SECONDS = 60.0
_MOST_ERRORS = 6
_BULLET = "example : True := by\n  · exact True.intro"
_GAP = "\0"  # stands in no script
_BEGUN, _WORKED = "begun", "worked"
_GLANCE = 8
"""The share of a candidate's heartbeats that all of a document have together, as its reciprocal."""
_LIMIT = re.compile(r"maximum (?:number of heartbeats|recursion depth)|deep recursion")
_UNKNOWN, _SLOW = "?", "slow"  # no state is printed like that
_AT_A_GLANCE = "fails"
_PROBE = "trace_state\nall_goals sorry"
# Linters look at every elaborated command; a candidate is not worth their time.
SEARCH_OPTIONS = ("linter.all", "warn.sorry")
"""Set to `false` before the preamble, one a line."""


@dataclass(frozen=True, slots=True)
class TacticResult:
    """What a tactic did at a goal. `children` are the parts that it leaves: none means that it closed the goal."""

    status: Status
    children: tuple[ProofState, ...] = ()
    error: str = ""
    seconds: float = 0.0
    suggestions: tuple[str, ...] = ()
    """Tactics that Lean proposed instead ("Try this")."""


class Prover(Protocol):
    """Something that applies tactics to goals."""

    async def start(self) -> ProofState:
        """The proof state of the whole goal. Raises `StartFailed` where there is none."""
        ...

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        """Apply `tactic` in `frame`; `deadline` in seconds."""
        ...

    async def screen(self, frame: Frame, tactics: Sequence[str], *, deadline: float) -> "Screening":
        """Hear which tactics are about to be applied in `frame`.

        What `apply` says depends on it only in the texts of errors, and where two tactics leave the same.
        """
        ...


@dataclass(frozen=True, slots=True)
class Screening:
    """What it took to look at tactics at a glance, and which of them took too long for that."""

    seconds: float = 0.0
    slow: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    """Those that left nothing, at a glance."""


class LeanProver:
    """Applies tactics to `goal` with the engines of `pool`."""

    def __init__(self, goal: Goal, pool: Pool, *, heartbeats: int) -> None:
        self._goal = goal
        self._pool = pool
        self.header = search_header(goal, heartbeats=heartbeats)
        self._heartbeats = heartbeats
        self._seen: dict[tuple[str, str, str], TacticResult] = {}
        self._left: dict[tuple[str, str, str], str] = {}
        """The states that tactics were seen to leave at a glance, which overlooks some errors."""
        self._reached: dict[tuple[str, str, str], str] = {}
        """By place and state the tactic that was found to lead there indeed."""

        self._root: ProofState | None = None
        self._sandboxed = False
        self.braces = False
        """Whether blocks have to be written `{ … }`, because the goal's imports have no `·`; known after `start`."""

    async def start(self) -> ProofState:
        if self._root is None:
            async with self._pool.engine(self.header) as engine:
                self._sandboxed = engine.identity.sandboxed
                before = await engine.prepare(self.header, deadline=_START_SECONDS)
            if before.status != "done" or before.errors:
                lost = before.status != "done"
                raise StartFailed(before.detail, _first_error(before), preamble=True, lost=lost)
            outcome = await self._pool.elaborate(self.header, _body(self._goal, _PROBE), deadline=_START_SECONDS)
            found = _probe(outcome, _line_of_hole(self._goal), 0, lines=0)
            if found.status != "ok" or not found.children:
                reason = found.error or "nothing is left to prove at the hole"
                raise StartFailed(reason, _first_error(outcome), lost=outcome.status != "done")
            self._root = ProofState(tuple(goal for part in found.children for goal in part.goals))
            bullet = await self._pool.elaborate(self.header, _BULLET, deadline=_START_SECONDS)
            self.braces = bool(bullet.errors)
        return self._root

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        key = (frame.before, frame.after, tactic)
        # Goals that are closed in several ways are as many proofs.
        left = (frame.before, frame.after, state) if (state := self._left.get(key)) else None
        if left and key not in self._seen and (same := self._reached.get(left)):
            self._seen[key] = TacticResult("error", error=f"leaves the same as `{same}`")
        if words := self._programs(tactic):
            self._seen[key] = TacticResult("refused", error=f"`{words[0]}` runs a program, which needs a sandbox")
        if key not in self._seen:
            text = indented(f"{tactic}\n{_PROBE}", frame.column)
            before, after = self._around(frame)
            body = self._limit(tactic) + _body(self._goal, before + text + after)
            outcome = await self._pool.elaborate(self.header, body, deadline=deadline)
            line = _line_of_hole(self._goal) + frame.before.count("\n")
            result = _probe(outcome, line, frame.column, lines=tactic.count("\n") + 1)
            if result.status in ("timed-out", "lost"):
                return result  # with more time, or another engine, it may go differently
            self._seen[key] = result
            if left and result.status == "ok":
                self._reached[left] = tactic
        return self._seen[key]

    async def screen(self, frame: Frame, tactics: Sequence[str], *, deadline: float) -> Screening:
        """Find out in one document which of `tactics` fail, so that the way to the goal is elaborated once for all.

        What does not fail is left to `apply`, where the kernel sees it; of several that leave the same, one. Each has
        its line. One that cannot be parsed is left to `apply`, the ones after it to another document. One at which a
        document ends, because the heartbeats of all are used up, is slow.
        """
        seconds, slow, closing = 0.0, set[str](), set[str]()
        known = self._seen
        left = deque(t for t in tactics if (frame.before, frame.after, t) not in known and not self._programs(t))
        while len(left) > 1 and seconds < deadline:
            outcome = await self._pool.elaborate(*self._screening(frame, left), deadline=deadline - seconds)
            seconds += outcome.seconds
            if outcome.status != "done":
                break
            said = _screened(outcome, _line_of_hole(self._goal) + frame.before.count("\n") + 1, len(left))
            for state in said:
                key = (frame.before, frame.after, left.popleft())
                if state is None:
                    self._seen[key] = TacticResult("error", error=_AT_A_GLANCE)
                elif state == _SLOW:
                    slow.add(key[-1])
                elif state != _UNKNOWN:
                    self._left[key] = state
                    if not state:
                        closing.add(key[-1])
        return Screening(seconds, frozenset(slow), frozenset(closing))

    def _screening(self, frame: Frame, tactics: Iterable[str]) -> tuple[Header, str]:
        # A trace is not undone where an alternative fails: it says how far each of them came.
        ways = [f'| (trace "{_BEGUN}"; ({tactic}); trace "{_WORKED}"; trace_state; fail)' for tactic in tactics]
        before, after = self._around(frame)
        last = f'| (trace "{_BEGUN}"; all_goals sorry)'
        text = indented("\n".join(["first", *ways, last]), frame.column)
        limit = f"set_option maxHeartbeats {self._heartbeats // _GLANCE} in "
        return self.header, limit + _body(self._goal, before + text + after)

    def _around(self, frame: Frame) -> tuple[str, str]:
        """What stands before and behind the gap, as the goal's imports understand it."""
        if not self.braces:
            return frame.before, frame.after
        before, _, after = braced(f"{frame.before}{_GAP}{frame.after}").partition(_GAP)
        return before, after

    def _programs(self, tactic: str) -> tuple[str, ...]:
        """Words of a tactic for which this Lean is not to be given it."""
        if self._sandboxed:
            return ()
        return programs(f"{self._goal.preamble}{self._goal.statement}{self._goal.lead}", tactic)

    def _limit(self, tactic: str) -> str:
        """More heartbeats where several tactics are tried at once: the limit is for each."""
        several = sum(not line.startswith(" ") for line in tactic.split("\n"))
        return f"set_option maxHeartbeats {self._heartbeats * several} in " if several > 1 else ""


class StartFailed(ProofAgentError):
    """The goal has no proof state. `first` is Lean's own message, its position counted from the text it is about."""

    def __init__(
        self, reason: str, first: Message | None = None, *, preamble: bool = False, lost: bool = False
    ) -> None:
        super().__init__(first.text if first else reason)
        self.first = first
        self.lost = lost
        """Whether it was not the text that failed, but the engine or the time."""
        self.preamble = preamble
        """Whether that text is the preamble; otherwise it is the declaration."""


def _first_error(outcome: Elaboration) -> Message | None:
    return next(iter(outcome.errors), None)


def search_header(goal: Goal, *, heartbeats: int) -> Header:
    """The header under which candidates for `goal` are elaborated."""
    # The user's own text before the goal has Lean's own limit.
    preamble = f"{goal.preamble}\nset_option maxHeartbeats {heartbeats}\n"
    return Header(goal.imports, preamble, tuple((name, "false") for name in SEARCH_OPTIONS))


def _body(goal: Goal, script: str) -> str:
    return f"{goal.statement}{goal.lead}{indented(script, goal.column)}{goal.tail}"


def _line_of_hole(goal: Goal) -> int:
    return (goal.statement + goal.lead).count("\n") + 1


def _probe(outcome: Elaboration, line: int, column: int, *, lines: int) -> TacticResult:
    """Read the outcome of a candidate of `lines` lines that starts at `line` and `column`, its probe right after it."""
    if outcome.status != "done":
        status: Status = "timed-out" if outcome.status == "timed-out" else "lost"
        return TacticResult(status, error=outcome.detail, seconds=outcome.seconds)
    proposed = suggestions(outcome.messages)
    if outcome.errors:
        text = _complaint(outcome.errors, line, column, lines)
        return TacticResult("error", error=text, seconds=outcome.seconds, suggestions=proposed)
    traces = [m for m in outcome.messages if _is_probe(m, line + lines)]
    if len(traces) != 1:
        return TacticResult("error", error="the probe did not answer", seconds=outcome.seconds)
    text = traces[0].text.strip()
    goals = parse_goals(text)
    # Goals that cannot be read must not look like goals that are closed.
    if len(goals) != sum(line.startswith("⊢") for line in text.split("\n")) or (text and not goals):
        return TacticResult("error", error="the goals that are left cannot be read", seconds=outcome.seconds)
    parts = ProofState(goals).split() if goals else ()
    return TacticResult("ok", parts, seconds=outcome.seconds, suggestions=proposed)


def _screened(outcome: Elaboration, first: int, count: int) -> list[str | None]:
    """What the first of `count` tactics left, whose lines begin with `first`: those that need no other document.

    None stands for one that failed, `_UNKNOWN` for one that has to be tried alone, `_SLOW` for one that ended it all.
    """
    said = [list[str]() for _ in range(count + 1)]
    for message in outcome.messages:
        if _is_trace(message) and 0 <= message.start.line - first <= count:
            said[message.start.line - first].append(message.text.strip())
    begun = [place for place, texts in enumerate(said) if _BEGUN in texts]
    if not begun:  # not even parsed; the first error says where that ended
        lines = [error.start.line - first for error in outcome.errors]
        return [_UNKNOWN] * min((line + 1 for line in lines if 0 <= line < count), default=count)
    # Where the last way, `sorry`, was not taken, whoever was at work then ended it all.
    found = [_state_of(texts) for texts in said[: begun[-1]]]
    if begun[-1] < count:
        found.append(_SLOW if any(_LIMIT.search(error.text) for error in outcome.errors) else _UNKNOWN)
    return found


def _state_of(texts: Sequence[str]) -> str | None:
    if _BEGUN not in texts:
        return _UNKNOWN
    return "\n\n".join(texts[texts.index(_WORKED) + 1 :]) if _WORKED in texts else None


def _complaint(errors: Sequence[Message], line: int, column: int, lines: int) -> str:
    """What Lean has against a candidate: the first error, or of several lines all errors, each with its place there."""
    inside = [error for error in errors if line <= error.start.line <= line + lines] or list(errors[:1])
    if lines <= 1:
        return inside[0].text
    places = [(error.start.line - line + 1, max(error.start.column - column, 0), error) for error in inside]
    return "\n".join(f"{row}:{at}: {error.text}" for row, at, error in places[:_MOST_ERRORS])


def _is_probe(message: Message, line: int) -> bool:
    return _is_trace(message) and message.start.line == line


def _is_trace(message: Message) -> bool:
    """Lean's language server has no kinds of messages: there it is told by its line alone."""
    return message.kind == "trace" or (not message.kind and message.severity == "info")
