"""Monte-Carlo tree search over the AND/OR graph: each entry is selected by a walk down from the root.

The rule at goals is PUCT as AlphaZero has it (Silver et al. 2017, arXiv 1712.01815): value + c · prior · √N / (1 + n).
AND nodes and several workers are treated after HyperTree Proof Search (Lample et al. 2022, arXiv 2205.11491), with two
differences: a walk goes to one child of a step, not to all; and there are no rollouts whose values are averaged: the
value of a step is the one that the graph backs up, which is exact where goals are settled.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, sqrt

from proofagent.proof.graph import ROOT, ProofGraph, StepNode
from proofagent.search.strategy import Entry, Frontier, Strategy


@dataclass(frozen=True, slots=True)
class Option:
    """What a walk can do at a goal: go on to `child` by `step`, or end there and expand its next wave."""

    prior: float
    value: float
    visits: int
    step: StepNode | None = None
    child: int = ROOT


@dataclass(frozen=True, slots=True)
class Walk:
    """A way from the root to the goal of `entry`."""

    entry: Entry
    goals: tuple[int, ...]
    steps: tuple[int, ...]


class Puct:
    """A frontier of walks. Visits are counted for each goal, step and wave as soon as a walk is chosen.

    Goals are merged, so visits belong to the edges of the graph: a step that leads to a goal that was visited on other
    ways shares its value, but has its own visits. A goal that cannot help is on no open way from the root, so it needs
    not be laid aside; it is met again as soon as a way leads there.
    """

    def __init__(self, graph: ProofGraph, exploration: float) -> None:
        self._graph, self._exploration = graph, exploration
        self._waiting: dict[int, deque[Entry]] = {}
        self._visits: Counter[int] = Counter()
        self._taken: Counter[int] = Counter()
        self._asked: Counter[int] = Counter()
        self._walks: dict[Entry, Walk] = {}
        self._workers: Counter[int] = Counter()

    def push(self, goal: int, wave: int, penalty: float) -> None:
        self._waiting.setdefault(goal, deque()).append(Entry(goal, wave, penalty))

    def pop(self) -> Entry | None:
        busy = frozenset(entry.goal for entry in self._walks)
        # Two workers at one goal only where nothing else waits.
        walk = self._walk(busy) or (self._walk(frozenset()) if busy else None)
        if walk is None:
            return None
        self._waiting[walk.entry.goal].popleft()
        self._asked[walk.entry.goal] += 1
        self._visits.update(walk.goals)
        self._taken.update(walk.steps)
        self._workers.update(walk.goals)
        self._walks[walk.entry] = walk
        return walk.entry

    def done(self, entry: Entry) -> None:
        self._workers.subtract(self._walks.pop(entry).goals)

    def restore(self) -> None:
        """Nothing was laid aside."""

    def _walk(self, busy: frozenset[int]) -> Walk | None:
        """The best walk that does not end at one of `busy`; None where there is none.

        The graph has no cycle, and a goal from which the walk had to turn back is not entered again.
        """
        goals, steps, left = [ROOT], list[int](), set[int]()
        while goals:
            goal = goals[-1]
            options = list(self._options(goal, busy, left))
            if not options:
                left.add(goals.pop())
                del steps[-1:]
                continue
            option = self._best(goal, options)
            if option.step is None:
                return Walk(self._waiting[goal][0], tuple(goals), tuple(steps))
            goals.append(option.child)
            steps.append(option.step.id)
        return None

    def _options(self, goal: int, busy: frozenset[int], left: set[int]) -> Iterator[Option]:
        """The open ways on from `goal`. A worker that is on one already counts as a visit without value."""
        node = self._graph.goals[goal]
        if node.status != "open":
            return
        for step in self._graph.steps_of(goal):
            children = dict.fromkeys(c for c in step.children if self._graph.goals[c].status == "open")
            todo = [child for child in children if child not in left]
            if step.status == "open" and todo:
                # All have to be proved: first the one that is least likely to be, but not two workers on one.
                child = min(todo, key=lambda c: (self._workers[c], self._graph.goals[c].value))
                value = step.value / (1 + sum(self._workers[c] for c in children))
                yield Option(exp(step.log_prior), value, self._taken[step.id], step, child)
        if self._waiting.get(goal) and goal not in busy:
            # So does a wave that was asked and did not settle the goal.
            asked = self._asked[goal]
            yield Option(exp(-self._waiting[goal][0].penalty), node.estimate / (1 + asked), asked)

    def _best(self, goal: int, options: list[Option]) -> Option:
        """By PUCT, the first of equals. The walk itself is a visit of `goal`, so that priors count from the first."""
        # Priors are those of independent proposals; what is left of them after settled ones are gone has to sum to 1.
        total = sum(option.prior for option in options) or 1.0
        explore = self._exploration * sqrt(1 + self._visits[goal])
        return max(options, key=lambda o: o.value + explore * o.prior / total / (1 + o.visits))


def puct(exploration: float = 1.0) -> Strategy:
    """Monte-Carlo tree search with PUCT; `exploration` is its c, which weighs priors and visits against values."""
    if exploration < 0:
        raise ValueError("the exploration is at least 0")

    def strategy(graph: ProofGraph) -> Frontier:
        return Puct(graph, exploration)

    return strategy
