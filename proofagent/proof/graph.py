"""The proof graph: goals are OR nodes, tactics applied to them are AND nodes.

A goal is proved when one of its steps is; a step is proved when all goals that it leaves are. Equal goals are one
node, so the graph is a DAG: a step that would lead back to its own goal or above is refused. A status changes once,
from open to proved or failed. Values are backed up by product through steps and by maximum through goals (Nilsson's
AND/OR graphs; the product as in HyperTree Proof Search, arXiv 2205.11491, section 3).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from math import prod
from typing import Literal, NamedTuple

import networkx as nx

from proofagent.proof.canonical import fits, form
from proofagent.proof.script import Hole, Script, Step, render, size, tactics
from proofagent.proof.state import ProofState

Status = Literal["open", "proved", "failed"]
ROOT = 0
SAME_GOAL = "changes nothing"
"""Why a step fails that leaves its own goal, or a repetition of it, and no other."""
_NO_PROGRESS = "makes no progress"


@dataclass(slots=True)
class GoalNode:
    """An OR node. `depth`, `log_prior` and `burden` are the best of the ways that lead here, as far as they were known
    then.
    """

    id: int
    state: ProofState
    depth: int
    log_prior: float
    estimate: float
    burden: int = 0
    """What a reader has to take on trust, summed over the way."""
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


class _Way(NamedTuple):
    """What leads from the root to a goal."""

    depth: int = 0
    log_prior: float = 0.0
    burden: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A script with a gap: `before + X + after` is a whole script for every X whose lines start in `column`."""

    before: str
    after: str
    column: int


class ProofGraph:
    """The goals and steps found so far. `estimate` gives the first value of a goal, in (0, 1].

    `burden` says what a reader has to take on trust of a tactic: of proofs with as many tactics the lightest is the
    script. Goals of one form are one node where a script for the one that was met first fits the other (`canonical`).
    Without `merge` every goal is a node of its own, but for those on the way from the root, to which no step leads
    back.
    """

    def __init__(
        self,
        root: ProofState,
        *,
        estimate: Callable[[ProofState], float] = lambda _: 0.5,
        burden: Callable[[str], int] = lambda _: 0,
        merge: bool = True,
    ) -> None:
        self._estimate = estimate
        self._burden = burden
        self._merge = merge
        self._graph: nx.DiGraph[tuple[str, int]] = nx.DiGraph()
        self._by_form: dict[str, list[int]] = {}
        self.goals: dict[int, GoalNode] = {}
        self.steps: dict[int, StepNode] = {}
        self.merged = 0
        self._new_goal(root, form(root), _Way())

    @property
    def root(self) -> GoalNode:
        return self.goals[ROOT]

    def add_step(
        self,
        goal: int,
        tactic: str,
        children: tuple[ProofState, ...],
        *,
        log_prior: float = 0.0,
        origin: str = "",
        planned: bool = False,
    ) -> StepNode | None:
        """Add a step that leaves `children`; None where it makes no progress: it closes a cycle, or repeats the goal.

        A step that is `planned` does not add to the depth.
        """
        parent = self.goals[goal]
        forms = [form(child) for child in children]
        known = [self._known(child, key, goal) for child, key in zip(children, forms, strict=True)]
        repeats = [child.repeats(parent.state) for child in children]
        if any(repeats) or any(child is not None and self._leads_to(child, goal) for child in known):
            parent.failures[tactic] = SAME_GOAL if known == [goal] or repeats == [True] else _NO_PROGRESS
            return None
        way = _Way(parent.depth + (not planned), parent.log_prior + log_prior, parent.burden + self._burden(tactic))
        ids = tuple(self._met(child, key, goal, way) for child, key in zip(children, forms, strict=True))
        step = StepNode(len(self.steps), goal, tactic, log_prior, origin, ids)
        self.steps[step.id] = step
        self._graph.add_edge(("goal", goal), ("step", step.id))
        self._graph.add_edges_from((("step", step.id), ("goal", child)) for child in ids)
        step.value = self._step_value(step)
        self._settle_step(step)
        self._back_up(self._settle(goal))
        return step

    def add_failure(self, goal: int, tactic: str, reason: str) -> None:
        """Record a tactic that does not work here."""
        self.goals[goal].failures.setdefault(tactic, reason)

    def appraise(self, goal: int, value: float) -> None:
        """Give a goal another first value, in (0, 1]; it counts where the goal is open and has no step."""
        node = self.goals[goal]
        node.estimate = value
        self._back_up([goal])

    def exhaust(self, goal: int) -> None:
        """No further tactic will be tried on `goal`: it fails as soon as all its steps have failed."""
        self.goals[goal].exhausted = True
        self._back_up(self._settle(goal))

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

    def way(self, goal: int) -> list[tuple[StepNode, int]]:
        """The steps from the root to `goal`, by first parents, each with the place of its child on the way."""
        way: list[tuple[StepNode, int]] = []
        while goal != ROOT:
            step = next(self.parents_of(goal))
            way.append((step, step.children.index(goal)))
            goal = step.goal
        return way[::-1]

    def frame(self, goal: int) -> Frame:
        """The script on the way to `goal`, by its first parents, with a hole for every sibling."""
        way = self.way(goal)
        # Longer than every tactic on the way, so that it is found in none of them.
        mark = "x" * (1 + max((len(step.tactic) for step, _ in way), default=0))
        script: Script = Step(mark)
        for step, index in reversed(way):
            children = [Hole()] * len(step.children)
            script = Step(step.tactic, (*children[:index], script, *children[index + 1 :]))
        before, _, after = render(script).partition(mark)
        return Frame(before, after, len(before) - before.rfind("\n") - 1)

    def script(self, goal: int = ROOT) -> Script:
        """The shortest script known for `goal`; what is not proved is a hole, and the way there is left out."""
        if self.goals[goal].status != "proved":
            return Hole()
        return self._proofs(goal)[goal][1]

    def best_step(self, goal: int) -> StepNode:
        """The step of a proved goal that begins its shortest script."""
        return self._proofs(goal)[goal][0]

    def proof(self) -> dict[int, StepNode]:
        """The step that the proof of the root takes at each of its goals; nothing where it is not proved."""
        taken: dict[int, StepNode] = {}
        todo = [ROOT] if self.root.status == "proved" else []
        while todo:
            goal = todo.pop()
            if goal not in taken:
                proved = [step for step in self.steps_of(goal) if step.status == "proved"]
                # Which is the best is a question for everything below, so it is only asked where there is a choice.
                taken[goal] = proved[0] if len(proved) == 1 else self.best_step(goal)
                todo += taken[goal].children
        return taken

    def _proofs(self, goal: int) -> dict[int, tuple[StepNode, Script]]:
        """The shortest script of each proved goal from `goal` down, with its first step; each is found once."""
        below = nx.descendants(self._graph, ("goal", goal)) | {("goal", goal)}
        found: dict[int, tuple[StepNode, Script]] = {}
        for kind, i in reversed(list(nx.topological_sort(self._graph.subgraph(below)))):
            if kind == "goal" and self.goals[i].status == "proved":
                ways = [
                    (step, Step(step.tactic, tuple(found[child][1] for child in step.children)))
                    for step in self.steps_of(i)
                    if step.status == "proved"
                ]
                found[i] = ways[0] if len(ways) == 1 else min(ways, key=self._length)
        return found

    def check(self) -> None:
        """Assert every invariant of the graph; for tests and `--check` runs, O(nodes + edges)."""
        assert nx.is_directed_acyclic_graph(self._graph)
        assert sorted(chain.from_iterable(self._by_form.values())) == sorted(self.goals)
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

    def _new_goal(self, state: ProofState, key: str, way: _Way) -> int:
        node = GoalNode(len(self.goals), state, way.depth, way.log_prior, self._estimate(state), way.burden)
        node.value = node.estimate
        self.goals[node.id] = node
        self._by_form.setdefault(key, []).append(node.id)
        self._graph.add_node(("goal", node.id))
        return node.id

    def _known(self, state: ProofState, key: str, parent: int) -> int | None:
        """The goal that `state`, whose form is `key`, is where a step of `parent` leaves it."""
        same = (i for i in self._by_form.get(key, ()) if fits(self.goals[i].state, state))
        if not self._merge:
            above = {parent, *(step.goal for step, _ in self.way(parent))}
            same = (i for i in same if i in above)
        return next(same, None)

    def _met(self, state: ProofState, key: str, parent: int, way: _Way) -> int:
        # Anew, because a step may leave a new goal twice.
        known = self._known(state, key, parent)
        if known is None:
            return self._new_goal(state, key, way)
        node = self.goals[known]
        self.merged += 1
        node.depth, node.log_prior = min(node.depth, way.depth), max(node.log_prior, way.log_prior)
        node.burden = min(node.burden, way.burden)
        return known

    def _leads_to(self, start: int, goal: int) -> bool:
        return start == goal or nx.has_path(self._graph, ("goal", start), ("goal", goal))

    def _settle_step(self, step: StepNode) -> bool:
        """Give `step` the status that its children decide; True where it changed."""
        if step.status == "open":
            states = {self.goals[child].status for child in step.children}
            step.status = "failed" if "failed" in states else "open" if "open" in states else "proved"
            return step.status != "open"
        return False

    def _settle(self, goal: int) -> list[int]:
        """Give `goal`, and all that it decides above it, the status that its steps decide; the goals looked at."""
        todo, at = [goal], 0
        while at < len(todo):
            node = self.goals[todo[at]]
            at += 1
            if node.status != "open":
                continue
            states = {step.status for step in self.steps_of(node.id)}
            if "proved" in states:
                node.status = "proved"
            elif node.exhausted and states <= {"failed"}:
                node.status = "failed"
            else:
                continue
            todo += [step.goal for step in self.parents_of(node.id) if self._settle_step(step)]
        return todo

    def _goal_value(self, node: GoalNode) -> float:
        if node.status != "open":
            return 1.0 if node.status == "proved" else 0.0
        return max((step.value for step in self.steps_of(node.id) if step.status != "failed"), default=node.estimate)

    def _back_up(self, goals: Iterable[int]) -> None:
        """Recompute the values of `goals`, and above them as far as anything changes."""
        todo = deque(goals)
        while todo:
            node = self.goals[todo.popleft()]
            value = self._goal_value(node)
            if value != node.value:
                node.value = value
                for step in self.parents_of(node.id):
                    step.value = self._step_value(step)
                    todo.append(step.goal)

    def _step_value(self, step: StepNode) -> float:
        return prod(self.goals[child].value for child in step.children)

    def _length(self, way: tuple[StepNode, Script]) -> tuple[int, int, int, int]:
        step, script = way
        return size(script), sum(map(self._burden, tactics(script))), len(render(script)), step.id
