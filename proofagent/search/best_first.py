"""Best-first search: of all goals that wait, the one that ranks first. The order is a function and can be another."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from math import log

from proofagent.proof.graph import ProofGraph
from proofagent.search.strategy import Entry, Frontier, Strategy

Rank = Callable[[ProofGraph, Entry], tuple[float, ...]]
"""The priority of an entry, compared number by number; the highest is next."""


def likely_first(graph: ProofGraph, entry: Entry) -> tuple[float, ...]:
    """Likely ways first: the sum of log-priors on the way, less for depth, for large states and for dear waves.

    Of ways that are as likely, the one that leaves a reader the least to take on trust.
    """
    node = graph.goals[entry.goal]
    return (node.log_prior + 0.5 * log(node.estimate) - 0.25 * node.depth - entry.penalty, -node.burden)


class Queue:
    """A frontier in the order of `rank`, as it was when the entry came or when something was restored since; equals are
    served in the order of coming.

    On the way out, what is settled is dropped; what cannot help the root is laid aside, until `restore`.
    """

    def __init__(self, graph: ProofGraph, rank: Rank) -> None:
        self._graph, self._rank = graph, rank
        self._heap: list[tuple[tuple[float, ...], int, Entry]] = []
        self._aside: list[tuple[tuple[float, ...], int, Entry]] = []
        self._count = 0

    def push(self, goal: int, wave: int, penalty: float) -> None:
        self._count += 1
        entry = Entry(goal, wave, penalty)
        heappush(self._heap, (self._place(entry), self._count, entry))

    def pop(self) -> Entry | None:
        while self._heap:
            item = heappop(self._heap)
            entry = item[-1]
            if self._graph.relevant(entry.goal):
                return entry
            if self._graph.goals[entry.goal].status == "open":
                self._aside.append(item)
        return None

    def done(self, entry: Entry) -> None:
        """The order does not depend on what is in work."""

    def restore(self) -> None:
        """Take in again what was laid aside, and rank everything anew."""
        items, self._aside = [*self._heap, *self._aside], []
        self._heap = [(self._place(entry), count, entry) for _, count, entry in items]
        heapify(self._heap)

    def _place(self, entry: Entry) -> tuple[float, ...]:
        # heapq serves the smallest.
        return tuple(-number for number in self._rank(self._graph, entry))


def by_rank(rank: Rank) -> Strategy:
    """Best-first search in the order of `rank`."""

    def strategy(graph: ProofGraph) -> Frontier:
        return Queue(graph, rank)

    return strategy


best_first = by_rank(likely_first)
