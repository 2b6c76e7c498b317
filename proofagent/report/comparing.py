"""Runs against each other, on the goals that they have in common: who proves more, who is faster, or that nobody knows.

Two runs of one configuration differ as well: what is said here is of these goals and these runs, with goals as the
sample.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from statistics import median

from proofagent.report.models import Comparison, GoalRef, RowModel, RunModel, Seconds
from proofagent.report.statistics import LEVEL, holm, least_p, median_interval, sign_test

_NO_END = frozenset({"open", "undecided"})
_LEAST_SECONDS = 1e-3
"""What is faster cannot be told apart by clocks."""


def compared(runs: Sequence[RunModel], names: Sequence[str]) -> tuple[Comparison, ...]:
    """All pairs of `runs`, which verdicts call by `names`, corrected for their number."""
    pairs = [_Pair(runs[i], runs[j]) for i, j in combinations(range(len(runs)), 2)]
    solved = holm([pair.p for pair in pairs])
    timed = [pair for pair in pairs if pair.ratios]
    faster = dict(zip(map(id, timed), holm([pair.seconds_p for pair in timed]), strict=True))
    places = combinations(range(len(runs)), 2)
    return tuple(
        pair.model(place, (names[place[0]], names[place[1]]), p, faster.get(id(pair), 1.0))
        for pair, place, p in zip(pairs, places, solved, strict=True)
    )


def odds(p: float) -> str:
    """A p value for people."""
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


class _Pair:
    def __init__(self, first: RunModel, second: RunModel) -> None:
        ours, theirs = ({row.digest: row for row in run.rows} for run in (first, second))
        known = [digest for digest in ours if digest in theirs]
        self.unfinished = [ours[d] for d in known if {ours[d].outcome, theirs[d].outcome} & _NO_END]
        out = {row.digest for row in self.unfinished}
        self.common = [(ours[digest], theirs[digest]) for digest in known if digest not in out]
        self.unknown_to_second = [row for row in first.rows if row.digest not in theirs]
        self.unknown_to_first = [row for row in second.rows if row.digest not in ours]
        self.both = self._where(lambda one, other: one and other)
        self.first_only = self._where(lambda one, other: one and not other)
        self.second_only = self._where(lambda one, other: other and not one)
        self.ratios = [_seconds(theirs[row.digest]) / _seconds(ours[row.digest]) for row in self.both]
        self.slower, self.faster = sum(r < 1 for r in self.ratios), sum(r > 1 for r in self.ratios)
        self.p = sign_test(len(self.first_only), len(self.second_only))
        self.seconds_p = sign_test(self.slower, self.faster)

    def _where(self, wanted: Callable[[bool, bool], bool]) -> list[RowModel]:
        return [one for one, other in self.common if wanted(one.outcome == "proved", other.outcome == "proved")]

    def model(self, place: tuple[int, int], names: tuple[str, str], p: float, seconds_p: float) -> Comparison:
        both, one, other = len(self.both), len(self.first_only), len(self.second_only)
        return Comparison(
            first=place[0],
            second=place[1],
            common=len(self.common),
            both=both,
            neither=len(self.common) - both - one - other,
            first_only=_refs(self.first_only),
            second_only=_refs(self.second_only),
            p=self.p,
            p_holm=p,
            verdict=_who_proves_more(names, len(self.common), both, (one, other), p),
            seconds=self._seconds(names, seconds_p) if self.ratios else None,
            unknown_to_second=_refs(self.unknown_to_second),
            unknown_to_first=_refs(self.unknown_to_first),
            unfinished=_refs(self.unfinished),
        )

    def _seconds(self, names: tuple[str, str], p: float) -> Seconds:
        found = median_interval(self.ratios)
        return Seconds(
            pairs=len(self.ratios),
            first_faster=self.faster,
            second_faster=self.slower,
            ratio=round(median(self.ratios), 4),
            low=round(found.low, 4) if found else None,
            high=round(found.high, 4) if found else None,
            p=self.seconds_p,
            p_holm=p,
            verdict=_who_is_faster(names, (self.faster, self.slower), median(self.ratios), p),
        )


def _seconds(row: RowModel) -> float:
    return max(_LEAST_SECONDS, row.needed or 0.0)


def _refs(rows: Sequence[RowModel]) -> tuple[GoalRef, ...]:
    return tuple(GoalRef(digest=row.digest, name=row.name) for row in rows)


def _who_proves_more(names: tuple[str, str], common: int, both: int, alone: tuple[int, int], p: float) -> str:
    if not common:
        return "Nothing can be compared: there is no goal with which both runs have come to an end."
    if alone == (0, 0):
        return f"Nothing tells them apart: both prove the same {both} of {common} common goals."
    split = f"{names[0]} alone proves {alone[0]} of {common} common goals, {names[1]} alone {alone[1]}"
    if p <= LEVEL:
        return f"{names[alone[0] < alone[1]]} proves more: {split}. Chance would rarely split them so ({odds(p)})."
    if least_p(sum(alone)) > LEVEL:
        few = f"With so few goals that tell them apart ({sum(alone)}), no split could have been conclusive."
        return f"Nothing can be concluded: {split}. {few}"
    return f"Nothing can be concluded: {split}. Chance alone often splits them so ({odds(p)})."


def _who_is_faster(names: tuple[str, str], faster: tuple[int, int], ratio: float, p: float) -> str:
    pairs = sum(faster)
    if not pairs:
        return "Nothing tells them apart: they took as long for each goal that both prove."
    if p <= LEVEL:
        won = f"at {max(faster)} of {pairs} goals that both prove ({odds(p)})"
        return f"{names[faster[0] < faster[1]]} is faster, {won}; {_times(names, ratio)}."
    split = f"{names[0]} is faster at {faster[0]} goals that both prove, {names[1]} at {faster[1]}"
    if least_p(pairs) > LEVEL:
        return f"Nothing can be concluded: {split}. With {pairs} goals no split could have been conclusive."
    return f"Nothing can be concluded: {split}, which chance alone often brings about ({odds(p)})."


def _times(names: tuple[str, str], ratio: float) -> str:
    slow, factor = (names[1], ratio) if ratio >= 1 else (names[0], 1 / ratio)
    return f"at half of them {slow} takes {factor:.2f} times as long, or more"
