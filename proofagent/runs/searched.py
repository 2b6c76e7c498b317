"""What a search has looked at, small enough to be kept of every goal: the telling part of its graph, and failures."""

from collections import Counter, deque
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from proofagent.proof.graph import ROOT, GoalNode, ProofGraph, Status, StepNode
from proofagent.runs.taxonomy import UNREAD, failure_kind

MOST_GOALS = 120
_MOST_GOAL_TEXT, _MOST_TACTIC, _MOST_REASON = 1_500, 600, 240
_MOST_FAILED_HERE = 3


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FailedModel(_Model):
    """A tactic that failed, and what Lean said."""

    tactic: str
    reason: str


class SeenGoal(_Model):
    """An OR node; `value` is what the search thought of it at its end."""

    id: int
    target: str
    text: str
    """Hypotheses and target, as Lean prints them, of all goals that hang together here."""

    status: Status
    depth: int
    value: float
    failed: int
    """How many tactics failed here."""

    examples: tuple[FailedModel, ...] = ()


class SeenStep(_Model):
    """An AND node: `children` are ids of goals that are kept too; `taken` says whether the proof goes this way."""

    goal: int
    tactic: str
    origin: str
    status: Status
    children: tuple[int, ...]
    taken: bool


class FailureCount(_Model):
    """How many tactics failed in one way, and one of them."""

    kind: str
    count: int
    tactic: str
    target: str
    reason: str


class SearchModel(_Model):
    """Goals and steps of a search, the first goal its root; `goals_seen` and `steps_seen` count those left out, too."""

    goals: tuple[SeenGoal, ...]
    steps: tuple[SeenStep, ...]
    goals_seen: int
    steps_seen: int
    failures: tuple[FailureCount, ...] = ()


def searched(graph: ProofGraph, most: int = MOST_GOALS) -> SearchModel:
    """The proof if there is one, and what the search thought most of, in at most `most` goals where the proof has less.

    A step is kept with all goals that it leaves or not at all.
    """
    taken = graph.proof()
    kept = {ROOT} | {child for step in taken.values() for child in step.children}
    steps = {step.id: step for step in taken.values()}
    todo = deque([ROOT])
    begun = {ROOT}
    while todo:
        for step in sorted(graph.steps_of(todo.popleft()), key=_telling):
            new = [child for child in step.children if child not in kept]
            if step.id in steps or len(kept) + len(new) <= most:
                steps[step.id] = step
                kept.update(new)
                todo += [child for child in step.children if child not in begun]
                begun.update(step.children)
    chosen = {step.id for step in taken.values()}
    return SearchModel(
        goals=tuple(_seen_goal(graph.goals[goal]) for goal in sorted(kept)),
        steps=tuple(_seen_step(steps[i], taken=i in chosen) for i in sorted(steps)),
        goals_seen=len(graph.goals),
        steps_seen=len(graph.steps),
        failures=tuple(_failures(graph)),
    )


def best_path(graph: ProofGraph) -> tuple[tuple[str, ...], str]:
    """Where the search would most like to go on: the tactics on the way there, and the target that is open there."""
    tactics, goal = list[str](), ROOT
    while True:
        node = graph.goals[goal]
        step = max(
            (s for s in graph.steps_of(goal) if s.status != "failed"), key=lambda s: (s.value, -s.id), default=None
        )
        if step is None or node.status == "failed":
            return tuple(tactics), _cut(_target(node), _MOST_REASON)
        tactics.append(_cut(step.tactic, _MOST_REASON))
        left = [child for child in step.children if graph.goals[child].status == "open"]
        if not left:
            return tuple(tactics), ""
        goal = min(left, key=lambda child: graph.goals[child].value)


def _telling(step: StepNode) -> tuple[bool, bool, float, int]:
    return step.status != "proved", step.status == "failed", -step.value, step.id


def _seen_goal(node: GoalNode) -> SeenGoal:
    examples = [FailedModel(tactic=_cut(t, _MOST_REASON), reason=_cut(r, _MOST_REASON)) for t, r in _worst(node)]
    text = "\n\n".join(goal.text for goal in node.state.goals)
    return SeenGoal(
        id=node.id,
        target=_cut(_target(node), _MOST_REASON),
        text=_cut(text, _MOST_GOAL_TEXT),
        status=node.status,
        depth=node.depth,
        value=round(node.value, 4),
        failed=len(node.failures),
        examples=tuple(examples),
    )


def _worst(node: GoalNode) -> Iterable[tuple[str, str]]:
    """Failures of which something was said, before others."""
    return sorted(node.failures.items(), key=lambda item: item[1] == UNREAD)[:_MOST_FAILED_HERE]


def _seen_step(step: StepNode, *, taken: bool) -> SeenStep:
    return SeenStep(
        goal=step.goal,
        tactic=_cut(step.tactic, _MOST_TACTIC),
        origin=step.origin,
        status=step.status,
        children=step.children,
        taken=taken,
    )


def _failures(graph: ProofGraph) -> Iterable[FailureCount]:
    counts = Counter[str]()
    first: dict[str, tuple[str, str, str]] = {}
    for node in graph.goals.values():
        for tactic, reason in node.failures.items():
            kind = failure_kind(reason)
            counts[kind] += 1
            first.setdefault(kind, (tactic, _target(node), reason))
    for kind, count in counts.most_common():
        tactic, target, reason = (_cut(text, _MOST_REASON) for text in first[kind])
        yield FailureCount(kind=kind, count=count, tactic=tactic, target=target, reason=reason)


def _target(node: GoalNode) -> str:
    return node.state.main.target if node.state.goals else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
