"""How far a search came: the part of a proof that is worth the most, and what is left of it."""

from proofagent.mcp.outputs import GoalModel, PartialModel
from proofagent.proof.graph import ROOT, ProofGraph, StepNode
from proofagent.proof.script import Hole, Script, Step, render

_MOST_DEPTH = 100
_MOST_GOALS = 20


def best_partial(graph: ProofGraph) -> PartialModel | None:
    """The way that the search valued most, to its end, with `sorry` for what is left; None where no tactic worked.

    Where it leaves more goals than anybody reads, the first ones are given.
    """
    left: list[int] = []
    script = _script(graph, ROOT, left, 0)
    if isinstance(script, Hole):
        return None
    goals = [goal for at in left[:_MOST_GOALS] for goal in graph.goals[at].state.goals]
    return PartialModel(script=render(script), goals=tuple(map(GoalModel.of, goals)))


def _script(graph: ProofGraph, goal: int, left: list[int], depth: int) -> Script:
    if graph.goals[goal].status == "proved":
        return graph.script(goal)
    best = max((s for s in graph.steps_of(goal) if s.status == "open"), key=_worth, default=None)
    if best is None or depth >= _MOST_DEPTH:
        left.append(goal)
        return Hole()
    return Step(best.tactic, tuple(_script(graph, child, left, depth + 1) for child in best.children))


def _worth(step: StepNode) -> tuple[float, int]:
    return step.value, -step.id
