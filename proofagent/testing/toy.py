"""A toy prover and a toy proposer: search without Lean, for tests of ours and of users. It proves nothing.

A toy goal is a number that has to be brought down to 1; a toy script is made of these tactics:

    done            closes 1
    halve           an even n becomes n / 2
    dec             n > 1 becomes n - 1
    triple          an odd n becomes 3 n + 1 (so that ways may lead back: 1, 4, 2, 1)
    split           n > 1 becomes its two halves, the larger one first
    split a b ...   n becomes the goals a, b, ..., where these sum up to it; the numbers may be on further lines
    share           n becomes the goals ?m and n - ?m, which have a metavariable in common
    pick a          assigns ?m, which ends the sharing
    swap            moves the first goal of several behind the others
    trap            anything becomes 0, to which only `dec` and `done` could be applied, and neither can
    skip            leaves everything as it is
    try?            proposes `done` or `halve`, where they apply, and leaves the goal as it is
    hang, crash     do not end in time; lose the engine

Everything else is an error. `ToyProver` keeps no state: it parses the frame that it is given and replays the whole
script up to the candidate, as Lean would, so that a wrong frame cannot go unseen: it raises `AssertionError`. A
candidate that is no step (a bullet, a `sorry`, several of them) is an error as well, but one of the candidate.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import anyio
import anyio.lowlevel

from proofagent.goals.goal import Goal
from proofagent.proof.graph import Frame, ProofGraph
from proofagent.proof.script import Hole, Script, Step, indented, is_step, parse
from proofagent.proof.state import OpenGoal, ProofState, parse_goals
from proofagent.propose.base import Candidate, Query
from proofagent.search.prover import Screening, TacticResult

TOY_GOAL = Goal("toy", "theorem toy")
_PROBE = "toy_probe"
_LARGEST = 10**9


class ToyClock:
    """A clock that stands still until somebody calls `advance`."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class ToyError(Exception):
    """A tactic does not apply; the text is what Lean would say."""


class ToyProver:
    """A `Prover` for the goal `start` (several goals: one that was split, or shared).

    Each candidate moves `clock` by `seconds`. `delays` are real seconds that a tactic sleeps, for tests of workers.
    """

    def __init__(
        self,
        start: int | str,
        *,
        seconds: float = 0.0,
        clock: ToyClock | None = None,
        delays: Mapping[str, float] | None = None,
    ) -> None:
        self._start = _state([str(start)])
        self._seconds = seconds
        self._clock = clock or ToyClock()
        self._delays = delays or {}
        self.applied: list[str] = []
        self.running = 0
        self.most_running = 0

    async def start(self) -> ProofState:
        return self._start

    async def apply(self, frame: Frame, tactic: str, *, deadline: float) -> TacticResult:
        self.applied.append(tactic)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            # Lets the other workers run, as an engine would.
            await anyio.sleep(self._delays.get(tactic, 0.0))
            result = self._result(frame, tactic, deadline)
        finally:
            self.running -= 1
        self._clock.advance(result.seconds)
        return result

    async def screen(self, _frame: Frame, _tactics: Sequence[str], *, deadline: float) -> Screening:  # noqa: ARG002
        """Nothing is learned by it."""
        return Screening()

    def _result(self, frame: Frame, tactic: str, deadline: float) -> TacticResult:
        if self._seconds > deadline or tactic == "hang":
            return TacticResult("timed-out", error="deadline passed", seconds=deadline)
        if tactic == "crash":
            return TacticResult("lost", error="the toy engine died", seconds=self._seconds)
        try:
            state = self._replayed(frame, tactic)
        except ToyError as error:
            return TacticResult("error", error=str(error), seconds=self._seconds)
        proposed = _proposals(state) if tactic == "try?" else ()
        return TacticResult("ok", state.split(), seconds=self._seconds, suggestions=proposed)

    def _replayed(self, frame: Frame, tactic: str) -> ProofState:
        """What `tactic` leaves in `frame`."""
        if tactic == _PROBE:
            raise ToyError("the probe is no tactic")
        text = frame.before + indented(f"{tactic}\n{_PROBE}", frame.column) + frame.after
        try:
            script = parse(text)
        except ValueError as error:
            if "\n" in tactic or not is_step(tactic):
                raise ToyError("not a block of tactics") from error
            raise AssertionError(f"no script: {error}\n{text}") from error
        found = _replay(script, self._start)
        if len(found) != 1:
            raise ToyError("the block closes more than its goal")
        return found[0]


@dataclass(slots=True)
class ToyProposer:
    """A `Proposer` with the same tactics at every goal: one list a wave. It never learns, but remembers what it heard.

    A place further back in a wave costs 0.1 of log-prior. A wave's `penalty` is its number.
    """

    lists: Sequence[Sequence[str]]
    asked: list[tuple[str, int]] = field(default_factory=list)
    heard: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def waves(self) -> Sequence[float]:
        return [float(wave) for wave in range(max(1, len(self.lists)))]

    async def propose(self, query: Query) -> list[Candidate]:
        self.asked.append((query.state.key, query.wave))
        await anyio.lowlevel.checkpoint()
        wave = self.lists[query.wave] if query.wave < len(self.lists) else ()
        return [Candidate(tactic, -0.1 * place, f"wave {query.wave}") for place, tactic in enumerate(wave)]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        self.heard.append((candidate.tactic, worked))


def check(start: int | str, script: Script) -> bool:
    """Whether `script` proves the toy goal: no holes, every tactic applies, nothing is left."""
    try:
        return _proves(script, _state([str(start)]))
    except ToyError:
        return False


def snapshot(graph: ProofGraph) -> dict[str, list[dict[str, Any]]]:
    """The whole graph as plain values, for golden files: numbers are rounded, everything else is as it is."""
    goals = [
        {
            "id": node.id,
            "key": node.state.key,
            "status": node.status,
            "depth": node.depth,
            "log_prior": round(node.log_prior, 6),
            "value": round(node.value, 6),
            "exhausted": node.exhausted,
            "failures": dict(node.failures),
        }
        for node in graph.goals.values()
    ]
    steps = [
        {
            "id": step.id,
            "goal": step.goal,
            "tactic": step.tactic,
            "children": list(step.children),
            "status": step.status,
            "log_prior": round(step.log_prior, 6),
            "value": round(step.value, 6),
            "origin": step.origin,
        }
        for step in graph.steps.values()
    ]
    return {"goals": goals, "steps": steps}


def dump(tables: Mapping[str, Sequence[object]]) -> str:
    """JSON with one entry a line, so that a difference between two golden files can be read."""
    parts = [
        json.dumps(name) + ": [" + ",".join(f"\n  {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n]"
        for name, rows in tables.items()
    ]
    return "{" + ",\n".join(parts) + "}\n"


def _state(targets: Sequence[str]) -> ProofState:
    """The targets as a state, by way of the text that Lean would print."""
    return ProofState(parse_goals("\n\n".join(f"case part{i}\n⊢ {t}" for i, t in enumerate(targets)) or "no goals"))


def _replay(script: Script, state: ProofState) -> list[ProofState]:
    """The states at the probes of `script`, which starts at `state`."""
    if isinstance(script, Hole):
        return []
    after = _apply(script.tactic, state)
    if script.children == (Step(_PROBE),):
        return [after]
    if len(script.children) == 1:
        # As in Lean, what follows without a bullet acts on the first of all goals that are left.
        return _replay(script.children[0], after)
    parts = after.split()
    if len(parts) != len(script.children):
        raise ToyError(f"{script.tactic!r} leaves {len(parts)} parts, not {len(script.children)}")
    return [s for child, part in zip(script.children, parts, strict=True) for s in _replay(child, part)]


def _proves(script: Script, state: ProofState) -> bool:
    if isinstance(script, Hole):
        return False
    parts = _apply(script.tactic, state).split()
    same = len(parts) == len(script.children)
    return same and all(_proves(child, part) for child, part in zip(script.children, parts, strict=True))


def _apply(tactic: str, state: ProofState) -> ProofState:
    """`tactic` on the first goal of `state`; the other goals stay behind what it leaves."""
    if not state.goals:
        raise ToyError("no goals")
    head, *words = tactic.split() or [""]
    targets = [goal.target for goal in state.goals]
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 10]
    if len(numbers) != len(words):
        raise ToyError(f"unknown tactic {tactic[:20]!r}")
    if head == "swap" and len(targets) > 1 and not words:
        return _state([*targets[1:], targets[0]])
    if head == "pick" and len(numbers) == 1:
        return _state([_assigned(target, numbers[0]) for target in targets]) if state.coupled else _fail(tactic)
    if head == "trap" and not words:
        return _state(["0", *targets[1:]])
    if head in ("skip", "try?") and not words:
        return state
    return _state([*_reduced(head, numbers, state.main), *targets[1:]])


def _reduced(head: str, numbers: list[int], goal: OpenGoal) -> list[str]:
    """What a tactic for one goal leaves of it."""
    if not goal.target.isdecimal():
        raise ToyError(f"{goal.target} is not a number yet")
    n = int(goal.target)
    if head == "split" and (parts := numbers or [n - n // 2, n // 2]):
        return [str(part) for part in parts] if sum(parts) == n and min(parts) > 0 else _fail(f"{head} at {n}")
    rules: dict[str, tuple[bool, Callable[[], list[str]]]] = {
        "done": (n == 1, list),
        "halve": (n > 0 and n % 2 == 0, lambda: [str(n // 2)]),
        "dec": (n > 1, lambda: [str(n - 1)]),
        "triple": (n % 2 == 1 and n < _LARGEST, lambda: [str(3 * n + 1)]),
        "share": (n > 1, lambda: ["?m", f"{n} - ?m"]),
    }
    applies, result = rules.get(head, (False, list))
    return result() if applies and not numbers else _fail(f"{head} at {n}")


def _assigned(target: str, number: int) -> str:
    """`target` with `number` for ?m; a difference is computed."""
    total, _, rest = target.replace("?m", str(number)).partition(" - ")
    left = int(total) - int(rest or 0)
    if left < 1:
        raise ToyError(f"{number} is too large")
    return str(left)


def _proposals(state: ProofState) -> tuple[str, ...]:
    """`done` or `halve`, whichever applies."""
    target = state.main.target
    return ("done",) if target == "1" else ("halve",) if target.isdecimal() and int(target) % 2 == 0 else ()


def _fail(what: str) -> NoReturn:
    raise ToyError(f"does not apply: {what[:40]}")
