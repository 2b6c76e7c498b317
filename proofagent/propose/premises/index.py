"""Theorems of the library that may help with a proof state, found without Lean."""

import contextlib
import heapq
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Self

from proofagent.errors import SetupError
from proofagent.lean.embedded.package import Installation, intact
from proofagent.proof.state import ProofState
from proofagent.propose.premises import store
from proofagent.propose.premises.features import Vocabulary, constants
from proofagent.propose.premises.library import statements

_LENGTH = 0.35


@dataclass(frozen=True, slots=True)
class Premise:
    """A theorem worth mentioning; scores compare the answers to one search only."""

    name: str
    module: str
    score: float


class PremiseIndex:
    """Ranks theorems by the constants that they and a proof state mention, the rare ones first of all.

    With N theorems, of which n(c) mention the constant c in their types,

        idf(c)      = ln(1 + (N - n(c) + 1/2) / (n(c) + 1/2))
        length(t)   = sum of idf(c)^2 over the constants c of t
        score(t, s) = sum of idf(c)^2 over the constants c of both t and s / length(t)^0.35

    The idf is that of BM25 as Lucene has it, which is never negative. An exponent of 0.5 would be the cosine of the
    angle between t and s (Salton and Buckley 1988, doi 10.1016/0306-4573(88)90021-0), by which a theorem that says
    little, and all of that about the goal, precedes one that is about the rarest thing in the goal and says more. A
    smaller one corrects that (Singhal, Buckley and Mitra 1996, doi 10.1145/243199.243206). A constant counts once
    however often a type mentions it.
    """

    def __init__(self, table: store.Table) -> None:
        self._names = list(chain.from_iterable(table.modules.values()))
        self._spans = dict(_spans(table))
        # Arrays, because a list would keep an object for each of some hundred thousand numbers.
        self._mentions = {constant: array("I", numbers) for constant, numbers in table.mentions.items()}
        self._vocabulary = Vocabulary.of({constant: len(numbers) for constant, numbers in self._mentions.items()})
        self._idf = {constant: self._rarity(count) for constant, count in self._vocabulary.counts.items()}
        self._factors = self._length_factors()

    @classmethod
    def load(cls, installation: Installation) -> Self:
        """The index of an installation's library, from a file beside it, which is written where it is not there.

        Reading the library takes seconds, the file a fraction of one. A file that cannot be read is written again,
        one that cannot be written is done without; processes that do so at the same time do not disturb each other.
        Raises `SetupError` where the library is not complete, and `OleanError`.
        """
        path, library = store.path_of(installation), installation.manifest.library_sha256
        table = store.read(path, library)
        if table is None:
            if not intact(installation):
                raise SetupError(f"the Lean library in {installation.root} is damaged; run `proofagent setup`")
            table = store.Table.of(statements(installation.library), library)
            with contextlib.suppress(OSError):
                store.write(path, table)
        return cls(table)

    def __len__(self) -> int:
        """How many theorems it knows."""
        return len(self._names)

    def search(self, state: ProofState, modules: frozenset[str], most: int) -> list[Premise]:
        """At most `most` theorems of `modules` that have a constant in common with `state`, the best first.

        `modules` are all that the goal's imports bring. The same question always gets the same answer; among equal
        scores the order is that of modules and names.
        """
        sums = [0.0] * len(self._names)
        for constant in sorted(constants(state, self._vocabulary)):
            weight = self._idf[constant] ** 2
            for number in self._mentions[constant]:
                sums[number] += weight
        spans = {module: span for module, span in self._spans.items() if module in modules}
        found = (
            (-sums[number] * self._factors[number], number, module)
            for module, span in spans.items()
            for number in span
            if sums[number]
        )
        return [Premise(self._names[number], module, -cost) for cost, number, module in heapq.nsmallest(most, found)]

    def _rarity(self, count: int) -> float:
        return math.log(1 + (len(self._names) - count + 0.5) / (count + 0.5))

    def _length_factors(self) -> list[float]:
        """What each theorem's sum is multiplied with."""
        lengths = [0.0] * len(self._names)
        for constant, numbers in self._mentions.items():
            weight = self._idf[constant] ** 2
            for number in numbers:
                lengths[number] += weight
        return [length**-_LENGTH if length else 0.0 for length in lengths]


def _spans(table: store.Table) -> Iterator[tuple[str, range]]:
    """The numbers of each module's theorems."""
    start = 0
    for module, names in table.modules.items():
        yield module, range(start, start + len(names))
        start += len(names)
