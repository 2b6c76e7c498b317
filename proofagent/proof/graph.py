"""The proof graph: goals are OR nodes, tactics applied to them are AND nodes.

A goal is proved when one of its steps is; a step is proved when all goals that it leaves are. Equal goals are one
node, so the graph is a DAG: a step that would lead back to its own goal or above is refused. A status changes once,
from open to proved or failed. Values are backed up by product through steps and by maximum through goals (Nilsson's
AND/OR graphs; the product as in HyperTree Proof Search, arXiv 2205.11491, section 3).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Literal

import networkx as nx

from proofagent.proof.script import Hole, Script, Step, render, size
from proofagent.proof.state import ProofState

Status = Literal["open", "proved", "failed"]
ROOT = 0
# No tactic contains this control character: the frame of a goal is found by it.
_MARK = "\x1a"


@dataclass(slots=True)
class GoalNode:
    """An OR node. `depth` is the least number of steps from the root, `log_prior` the sum along that way."""

    id: int
    state: ProofState
    depth: int
    log_prior: float
    estimate: float
    status: Status = "open"
    exhausted: bool = False
    value: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)
    """Tactics that failed here, with Lean's reason."""


@dataclass(slots=True)
class StepNode:
    """An AND node: `tactic` applied to `goal`, leaving `children` (goal ids, in the order of the proof state)."""

    id: int
    goal: int
    tactic: str
    log_prior: float
    origin: str
    children: tuple[int, ...]
    status: Status = "open"
    value: float = 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A script with a gap: `before + X + after` is a whole script for every X whose lines start in `column`."""

    before: str
    after: str
    column: int


class ProofGraph:
    """The goals and steps found so far. `estimate` gives the first value of a goal, in (0, 1]."""

    def __init__(self, root: ProofState, *, estimate: Callable[[ProofState], float] = lambda _: 0.5) -> None:
        self._estimate = estimate
        self._graph: nx.DiGraph[tuple[str, int]] = nx.DiGraph()
        self._by_key: dict[str, int] = {}
        self.goals: dict[int, GoalNode] = {}
        self.steps: dict[int, StepNode] = {}
        self.merged = 0
        self._new_goal(root, depth=0, log_prior=0.0)

    @property
    def root(self) -> GoalNode:
        return self.goals[ROOT]

    def add_step(
        self, goal: int, tactic: str, children: tuple[ProofState, ...], *, log_prior: float = 0.0, origin: str = ""
    ) -> StepNode | None:
        """Add a step that leaves `children`; None where it would close a cycle, so that it makes no progress."""
        parent = self.goals[goal]
        known = [self._by_key.get(child.key) for child in children]
        if any(child is not None and self._leads_to(child, goal) for child in known):
            parent.failures[tactic] = "makes no progress"
            return None
        depth, prior = parent.depth + 1, parent.log_prior + log_prior
        ids = tuple(
            self._new_goal(child, depth=depth, log_prior=prior) if self._by_key.get(child.key) is None else self._meet(child, depth, prior)
            for child in children
        )
        step = StepNode(len(self.steps), goal, tactic, log_prior, origin, ids)
        self.steps[step.id] = step
        self._graph.add_edge(("goal", goal), ("step", step.id))
        self._graph.add_edges_from((("step", step.id), ("goal", child)) for child in ids)
        self._settle_step(step)
        self._back_up(goal)
        return step

    def add_failure(self, goal: int, tactic: str, reason: str) -> None:
        """Record a tactic that does not work here."""
        self.goals[goal].failures.setdefault(tactic, reason)

    def exhaust(self, goal: int) -> None:
        """No further tactic will be tried on `goal`: it fails as soon as all its steps have failed."""
        self.goals[goal].exhausted = True
        self._settle_goal(self.goals[goal])
        self._back_up(goal)

    def steps_of(self, goal: int) -> Iterator[StepNode]:
        return (self.steps[i] for _, i in self._graph.successors(("goal", goal)))

    def parents_of(self, goal: int) -> Iterator[StepNode]:
        return (self.steps[i] for _, i in self._graph.predecessors(("goal", goal)))

    def relevant(self, goal: int) -> bool:
        """True while proving `goal` can still help to prove the root."""
        seen, todo = {goal}, [goal]
        while todo:
            node = self.goals[todo.pop()]
            if node.status != "open":
                continue
            if node.id == ROOT:
                return True
            for step in self.parents_of(node.id):
                if step.status == "open" and step.goal not in seen:
                    seen.add(step.goal)
                    todo.append(step.goal)
        return False

    def frame(self, goal: int) -> Frame:
        """The script on the way to `goal`, by its first parents, with a hole for every sibling."""
        script: Script = Step(_MARK)
        while goal != ROOT:
            step = next(self.parents_of(goal))
            index = step.children.index(goal)
            children = [Hole()] * len(step.children)
            script = Step(step.tactic, (*children[:index], script, *children[index + 1 :]))
            goal = step.goal
        before, _, after = render(script).partition(_MARK)
        return Frame(before, after, len(before) - before.rfind("\n") - 1)

    def script(self, goal: int = ROOT) -> Script:
        """The shortest script known for `goal`; what is not proved is a hole, and the way there is left out."""
        if self.goals[goal].status != "proved":
            return Hole()
        return self._script_of(self.best_step(goal))

    def best_step(self, goal: int) -> StepNode:
        """The step of a proved goal that begins its shortest script."""
        proved = (step for step in self.steps_of(goal) if step.status == "proved")
        return min(proved, key=lambda step: (size(script := self._script_of(step)), len(render(script)), step.id))

    def _script_of(self, step: StepNode) -> Script:
        return Step(step.tactic, tuple(self.script(child) for child in step.children))

    def check(self) -> None:
        """Assert every invariant of the graph; for tests and `--check` runs, O(nodes + edges)."""
        assert nx.is_directed_acyclic_graph(self._graph)
        assert len(self._by_key) == len(self.goals)
        for node in self.goals.values():
            steps = list(self.steps_of(node.id))
            assert (node.status == "proved") == any(s.status == "proved" for s in steps)
            assert (node.status == "failed") == (node.exhausted and all(s.status == "failed" for s in steps))
            assert node.id == ROOT or any(True for _ in self.parents_of(node.id))
            assert abs(node.value - self._goal_value(node)) < 1e-9
        for step in self.steps.values():
            children = [self.goals[c] for c in step.children]
            assert (step.status == "proved") == all(c.status == "proved" for c in children)
            assert (step.status == "failed") == any(c.status == "failed" for c in children)
            assert abs(step.value - prod(c.value for c in children)) < 1e-9

    def _new_goal(self, state: ProofState, *, depth: int, log_prior: float) -> int:
        node = GoalNode(len(self.goals), state, depth, log_prior, self._estimate(state))
        node.value = node.estimate
        self.goals[node.id] = node
        self._by_key[state.key] = node.id
        self._graph.add_node(("goal", node.id))
        return node.id

    def _meet(self, state: ProofState, depth: int, log_prior: float) -> int:
        node = self.goals[self._by_key[state.key]]
        self.merged += 1
        node.depth, node.log_prior = min(node.depth, depth), max(node.log_prior, log_prior)
        return node.id

    def _leads_to(self, start: int, goal: int) -> bool:
        return start == goal or nx.has_path(self._graph, ("goal", start), ("goal", goal))

    def _settle_step(self, step: StepNode) -> None:
        if step.status != "open":
            return
        states = [self.goals[child].status for child in step.children]
        if all(state == "proved" for state in states):
            step.status = "proved"
        elif any(state == "failed" for state in states):
            step.status = "failed"
        else:
            return
        self._settle_goal(self.goals[step.goal])

    def _settle_goal(self, node: GoalNode) -> None:
        if node.status != "open":
            return
        steps = list(self.steps_of(node.id))
        if any(step.status == "proved" for step in steps):
            node.status = "proved"
        elif node.exhausted and all(step.status == "failed" for step in steps):
            node.status = "failed"
        else:
            return
        for step in list(self.parents_of(node.id)):
            self._settle_step(step)

    def _goal_value(self, node: GoalNode) -> float:
        if node.status != "open":
            return 1.0 if node.status == "proved" else 0.0
        return max((step.value for step in self.steps_of(node.id) if step.status != "failed"), default=node.estimate)

    def _back_up(self, goal: int) -> None:
        """Recompute values from `goal` upwards, parents after children."""
        above = nx.ancestors(self._graph, ("goal", goal)) | {("goal", goal)}
        above |= {("step", step.id) for step in self.steps_of(goal)}
        for kind, i in reversed(list(nx.topological_sort(self._graph.subgraph(above)))):
            if kind == "step":
                self.steps[i].value = prod(self.goals[child].value for child in self.steps[i].children)
            else:
                self.goals[i].value = self._goal_value(self.goals[i])
