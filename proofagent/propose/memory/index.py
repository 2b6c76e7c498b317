"""The remembered steps by what their states look like, for finding the nearest ones in milliseconds.

An inverted index: by feature the states that have it. Rare features are looked up first, and no more than a fixed
number of entries is read, so that a question costs the same however large the memory is; common features, which half
of all states have, find nothing by themselves but count in full when the states that were found are compared
(Tactician does the like with a forest of locality-sensitive hashes, arXiv 2008.00120, section 3.3).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice
from typing import NamedTuple

from proofagent.propose.memory.features import Features, weight
from proofagent.propose.memory.steps import MemoryStep
from proofagent.propose.memory.store import Row

_MOST_READ = 6_000
_MOST_COMPARED = 250
_STALE = 1.05
"""Weights are worked out anew when the memory has grown by so much."""


@dataclass(slots=True)
class _Place:
    """All steps whose states look the same. `weight` is that of its features together."""

    features: frozenset[int]
    rows: list[Row] = field(default_factory=list)
    weight: float = 0.0


class Neighbour(NamedTuple):
    """A remembered step, and how similar its state is."""

    similarity: float
    row: Row


class Index:
    """Rows, each digest once."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._digests: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._having: list[list[int]] = []  # by number of a feature the numbers of places that have it
        self._places: list[_Place] = []
        self._known: dict[frozenset[int], int] = {}
        self._weights: list[float] = []
        self._weighed = 0
        for row in rows:
            self.add(row)

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, digest: str) -> bool:
        return digest in self._digests

    def add(self, row: Row) -> bool:
        """Whether the row is new."""
        if row.step.digest in self._digests:
            return False
        self._digests.add(row.step.digest)
        found = frozenset(self._number(feature) for feature in row.step.features)
        if found not in self._known:
            self._known[found] = len(self._places)
            for number in found:
                self._having[number].append(len(self._places))
            self._places.append(_Place(found, weight=sum(map(self._weights.__getitem__, sorted(found)))))
        self._places[self._known[found]].rows.append(row)
        return True

    def nearest(self, features: Features, fit: Callable[[MemoryStep], bool], most: int = 100) -> list[Neighbour]:
        """The most similar steps among those that `fit`, the best first, of equals the newest; at most `most`."""
        if len(self._places) > self._weighed * _STALE:
            self.weigh()
        known = {number for feature in features if (number := self._numbers.get(feature)) is not None}
        unknown = [feature for feature in features if feature not in self._numbers]
        weights = self._weights.__getitem__
        # In one order always, because sums of floats depend on it.
        mine = sum(map(weights, sorted(known))) + sum(weight(f, len(self._places), 0) for f in sorted(unknown))
        found: list[tuple[float, int]] = []
        for number in self._found(known):
            place = self._places[number]
            shared = sum(map(weights, sorted(known & place.features)))
            found.append((shared / either if (either := mine + place.weight - shared) > 0 else 1.0, number))
        best = sorted(found, reverse=True)
        rows = ((similarity, row) for similarity, number in best for row in reversed(self._places[number].rows))
        fitting = (Neighbour(min(1.0, similarity), row) for similarity, row in rows if fit(row.step))
        return list(islice(fitting, most))

    def _found(self, known: Iterable[int]) -> list[int]:
        """The places that have most of the rarest of these features."""
        left, shared = _MOST_READ, Counter[int]()
        for number in sorted(known, key=lambda number: (len(self._having[number]), number)):
            if left <= 0:
                break
            newest = self._having[number][-left:]
            shared.update(newest)
            left -= len(newest)
        return [place for place, _ in nlargest(_MOST_COMPARED, shared.items(), key=lambda item: (item[1], item[0]))]

    def _number(self, feature: str) -> int:
        number = self._numbers.setdefault(feature, len(self._numbers))
        if number == len(self._having):
            self._having.append([])
            # It is as rare as can be until all are weighed.
            self._weights.append(weight(feature, len(self._places), 0))
        return number

    def weigh(self) -> None:
        """Work out all weights for the steps that are there."""
        states = self._weighed = len(self._places)
        self._weights = [weight(f, states, len(self._having[number])) for f, number in self._numbers.items()]
        for place in self._places:
            place.weight = sum(map(self._weights.__getitem__, sorted(place.features)))
