"""Strategies: which open goal is next. A strategy is a function that ranks entries; the loop knows none by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import log

from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import ProofState

Rank = Callable[[ProofGraph, int, float], float]
"""(graph, goal, penalty of the wave) -> priority; the highest is next."""


def best_first(graph: ProofGraph, goal: int, penalty: float) -> float:
    """Likely ways first: the sum of log-priors on the way, less for depth, for large states and for dear waves."""
    node = graph.goals[goal]
    return node.log_prior + 0.5 * log(node.estimate) - 0.25 * node.depth - penalty


def by_size(state: ProofState) -> float:
    """Estimate that `state` can be proved, from its printed size alone: in (0, 1), smaller is likelier."""
    return 1.0 / (1.0 + len(state.key) / 200 + 0.5 * (len(state.goals) - 1))


@dataclass(order=True, slots=True)
class Entry:
    """A goal whose `wave`-th candidates are due. Equal priorities are served in the order of their coming."""

    key: tuple[float, int]
    goal: int = field(compare=False)
    wave: int = field(compare=False)


class Frontier:
    """A priority queue over the goals of a graph.

    On the way out, what is settled is dropped; what cannot help the root is laid aside, until `restore`.
    """

    def __init__(self, graph: ProofGraph, rank: Rank) -> None:
        self._graph = graph
        self._rank = rank
        self._heap: list[Entry] = []
        self._aside: list[Entry] = []
        self._count = 0

    def push(self, goal: int, wave: int, penalty: float) -> None:
        self._count += 1
        heappush(self._heap, Entry((-self._rank(self._graph, goal, penalty), self._count), goal, wave))

    def pop(self) -> Entry | None:
        """The next entry that can still help, or None."""
        while self._heap:
            entry = heappop(self._heap)
            if self._graph.relevant(entry.goal):
                return entry
            if self._graph.goals[entry.goal].status == "open":
                self._aside.append(entry)
        return None

    def restore(self) -> None:
        """Look again at what was laid aside: a goal that is met on a new way may have become useful."""
        aside, self._aside = self._aside, []
        for entry in aside:
            heappush(self._heap, entry)
