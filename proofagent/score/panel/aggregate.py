"""From votes to a ranking: what the panel says of each pair, how far its judges agree, and strengths of the proofs.

The strengths are those of Bradley and Terry (Rank Analysis of Incomplete Block Designs, Biometrika 39, 1952,
https://doi.org/10.2307/2334029), a tie being half a win for both; the agreement is Krippendorff's alpha (Content
Analysis, 2018, chapter 12). Both are computed by the library evalica, which the extra `judge` brings.
"""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from typing import TypeVar

from proofagent.errors import SetupError
from proofagent.score.panel.ballot import Preference

P = TypeVar("P", bound=Hashable)

MAJORITY = (2, 3)
"""The part of the votes on a pair that has to agree, as a fraction; otherwise the panel abstains on it."""
PRIOR = 0.5
"""Ties that every two proofs are given beforehand. Without any, a proof that never lost is infinitely strong."""

_TOLERANCE = 1e-10
_MOST_ROUNDS = 100_000
_EQUAL = 1e-4
_SCALE: Mapping[Preference, float] = {"first": 1.0, "tie": 0.0, "second": -1.0}


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote on two proofs, by number, and the judge that cast it, by name. None is an abstention."""

    judge: str
    first: int
    second: int
    preference: Preference | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the panel says of two proofs; None where too few agree."""

    first: int
    second: int
    preference: Preference | None
    votes: Mapping[Preference, int]
    abstained: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A proof in a ranking. Proofs of the same strength share a place."""

    proof: int
    place: int
    strength: float
    """The logarithm of its Bradley-Terry strength; their mean is 0. Beside a proof that is weaker by d, it wins with a
    chance of 1 / (1 + exp(-d))."""


def demand_library() -> None:
    """Raises `SetupError` where the library that aggregates is not installed."""
    if find_spec("evalica") is None:
        raise SetupError("judging needs the extra `judge`: pip install 'proofagent[judge]'")


def decide(casts: Sequence[Cast]) -> tuple[Decision, ...]:
    """What the panel says of each pair that was voted on, in their order."""
    found: dict[tuple[int, int], list[Preference | None]] = {}
    for cast in casts:
        found.setdefault((cast.first, cast.second), []).append(cast.preference)
    return tuple(_decision(first, second, said) for (first, second), said in found.items())


def _decision(first: int, second: int, said: Sequence[Preference | None]) -> Decision:
    votes = Counter(preference for preference in said if preference is not None)
    part, whole = MAJORITY
    agreed = next((each for each, count in votes.items() if count * whole >= part * votes.total()), None)
    return Decision(first, second, agreed, dict(votes), said.count(None))


def ranking(decisions: Sequence[Decision], casts: Sequence[Cast], proofs: int) -> tuple[Ranked, ...]:
    """Proofs 0 to `proofs` - 1 by strength, the best first; none where the panel cannot compare them all.

    Votes on a pair that the panel abstains on count for nothing.
    """
    agreed = {(each.first, each.second) for each in decisions if each.preference is not None}
    if proofs < 2 or not connected(agreed, proofs):
        return ()
    counted = [cast for cast in casts if (cast.first, cast.second) in agreed and cast.preference is not None]
    strengths = _bradley_terry(counted, proofs)
    places = sorted(range(proofs), key=lambda proof: (-round(strengths[proof] / _EQUAL), proof))
    found = list[Ranked]()
    for number, proof in enumerate(places, start=1):
        same = bool(found) and found[-1].strength - strengths[proof] < _EQUAL
        found.append(Ranked(proof, found[-1].place if same else number, strengths[proof]))
    return tuple(found)


def connected(pairs: set[tuple[int, int]], proofs: int) -> bool:
    """Whether every proof can be compared with every other one along `pairs`."""
    reached, todo = {0}, [0]
    while todo:
        here = todo.pop()
        near = {b if a == here else a for a, b in pairs if here in (a, b)} - reached
        reached |= near
        todo += near
    return len(reached) == proofs


def _bradley_terry(casts: Sequence[Cast], proofs: int) -> list[float]:
    """Logarithms of strengths, by proof."""
    # It takes half a second to load, which every other command can do without.
    import evalica  # noqa: PLC0415

    pairs = list(combinations(range(proofs), 2))
    winners = {"first": evalica.Winner.X, "second": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    result = evalica.bradley_terry(
        [*(cast.first for cast in casts), *(first for first, _ in pairs)],
        [*(cast.second for cast in casts), *(second for _, second in pairs)],
        [*(winners[cast.preference] for cast in casts if cast.preference), *([evalica.Winner.Draw] * len(pairs))],
        weights=[*([1.0] * len(casts)), *([PRIOR] * len(pairs))],
        tolerance=_TOLERANCE,
        limit=_MOST_ROUNDS,
    )
    logs = [math.log(float(result.scores[proof])) for proof in range(proofs)]
    mean = math.fsum(logs) / proofs
    return [value - mean for value in logs]


def agreement(casts: Sequence[Cast]) -> float | None:
    """Krippendorff's alpha of the judges, a tie being half-way: 1 all agree, 0 as by chance, below 0 worse than that.

    None where it is not defined: fewer than two judges voted on any pair, or no vote differs from any other.
    """
    import evalica  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    judges = sorted({cast.judge for cast in casts})
    # Which proof of a pair is called the first one is chance: every pair is entered both ways, so it decides nothing.
    rows: dict[str, dict[tuple[int, int], float]] = {judge: {} for judge in judges}
    for cast in casts:
        if cast.preference is not None:
            value = _SCALE[cast.preference]
            rows[cast.judge][cast.first, cast.second] = value
            rows[cast.judge][cast.second, cast.first] = -value
    units = sorted({unit for row in rows.values() for unit in row})
    table = [[rows[judge].get(unit, math.nan) for unit in units] for judge in judges]
    if not any(sum(not math.isnan(row[place]) for row in table) > 1 for place in range(len(units))):
        return None
    result = evalica.alpha(pd.DataFrame(table, index=judges), distance="interval")
    return None if result.expected == 0 else float(result.alpha)
