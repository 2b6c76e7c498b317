"""Beam search (Lowerre 1976, in the speech recogniser HARPY), made complete: what falls off the beam waits.

A level, in an AND/OR graph: the goals that were first met while one beam was worked on, whichever step of whichever
goal of the beam left them. So the goals of one step compete with each other and with those of other steps, goals that
a block left several steps below are on the same level as its first ones, and a goal that is met again stays on the
level where it was met first. The root alone is the first beam.
"""

from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.search.best_first import Queue, Rank, likely_first
from proofagent.search.strategy import Entry, Frontier, Strategy


class Beam:
    """A frontier of at most `width` goals at a time, which are worked on with all their waves, in the order of `rank`.

    Once none of these waits any more, the best of the next level are the next beam, and its others are laid aside;
    where there is no next level, the best of all that was laid aside are. With several workers that is before the last
    work on the beam is over: what this still brings forth then belongs to the next beam's level.
    """

    def __init__(self, graph: ProofGraph, width: int, rank: Rank) -> None:
        self._graph, self._width, self._rank = graph, width, rank
        self._beam = Queue(graph, rank)
        self._chosen = {ROOT}
        self._level: list[Entry] = []
        self._aside: list[Entry] = []

    def push(self, goal: int, wave: int, penalty: float) -> None:
        if goal in self._chosen:
            self._beam.push(goal, wave, penalty)
        else:
            self._level.append(Entry(goal, wave, penalty))

    def pop(self) -> Entry | None:
        entry = self._beam.pop()
        if entry is None and self._advance():
            entry = self._beam.pop()
        return entry

    def done(self, entry: Entry) -> None:
        """The order does not depend on what is in work."""

    def restore(self) -> None:
        # What waits for a beam is looked at whenever one is made.
        self._beam.restore()

    def _advance(self) -> bool:
        """Make the next beam; False where nothing waits that can help."""
        level, self._level = self._level, []
        useful = self._useful(level)
        if not useful:
            useful = self._useful(self._aside)
        useful.sort(key=lambda entry: self._rank(self._graph, entry), reverse=True)
        self._chosen.update(entry.goal for entry in useful[: self._width])
        waiting, self._aside = [*self._aside, *level], []
        for entry in waiting:
            if entry.goal in self._chosen:
                self._beam.push(entry.goal, entry.wave, entry.penalty)
            elif self._graph.goals[entry.goal].status == "open":
                self._aside.append(entry)
        return bool(useful)

    def _useful(self, entries: list[Entry]) -> list[Entry]:
        return [entry for entry in entries if self._graph.relevant(entry.goal)]


def beam(width: int = 8, *, rank: Rank = likely_first) -> Strategy:
    """Beam search: level by level, the best `width` goals of each, and the others when no level is left."""
    if width < 1:
        raise ValueError("the width of a beam is at least 1")

    def strategy(graph: ProofGraph) -> Frontier:
        return Beam(graph, width, rank)

    return strategy
