"""Depth-first search with iterative deepening (Korf 1985, doi 10.1016/0004-3702(85)90084-0), on a graph that is kept.

Depth-first search with a limit works on the deepest goal within the limit; once none is left there, the limit is
raised and the search begins anew. Here the graph is kept and nothing is done twice, so nothing begins anew: all that
is left of the algorithm is an order.
"""

from proofagent.proof.graph import ProofGraph
from proofagent.search.best_first import Rank, by_rank, likely_first
from proofagent.search.strategy import Entry, Strategy


def deepening(limit: int = 8, *, rank: Rank = likely_first) -> Strategy:
    """The deepest goal first, among equals the one that ranks first; none of more than `limit` steps while others wait,
    then none of more than twice as many, and so on. With a limit of 1 that is breadth-first search.

    Steps are counted as they stand on the way on which a goal was first met, those of a plan too. The depth of the
    graph does not count the latter, and within a limit on that, plan below plan would go down for ever. There are
    finitely many goals of so many steps, so every limit is reached in the end, where proposers run dry.
    """
    if limit < 1:
        raise ValueError("the limit of the depth is at least 1")

    def deepest(graph: ProofGraph, entry: Entry) -> tuple[float, ...]:
        steps = len(graph.way(entry.goal))
        beyond = max(steps - 1, 0) // limit
        return (-beyond, steps, *rank(graph, entry))

    return by_rank(deepest)
