"""Small exact statistics of runs: nothing here is approximated but a band's quantile of the normal distribution.

- Shares: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), which keeps
  its coverage for few goals and at 0 and 1 (Brown, Cai, DasGupta, Statistical Science 16, 2001).
- Who proves more: McNemar, Psychometrika 12 (1947), in its exact form, a sign test of the goals that one run proves.
- Who is faster: the sign test of goals that both prove, and the interval of the median that belongs to it.
- Several comparisons: Holm, Scandinavian Journal of Statistics 6 (1979).
"""

import math
import sys
from collections.abc import Sequence
from typing import NamedTuple

LEVEL = 0.05
_QUANTILE = 1.959963984540054
"""Of the normal distribution, for 95% between both sides."""


class Interval(NamedTuple):
    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """The 95% interval of a share of which `count` in `of` were seen; all of [0, 1] where nothing was seen."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, weight = count / of, _QUANTILE**2 / of
    middle = (share + weight / 2) / (1 + weight)
    half = _QUANTILE * math.sqrt(share * (1 - share) / of + weight / (4 * of)) / (1 + weight)
    return Interval(0.0 if count == 0 else max(0.0, middle - half), 1.0 if count == of else min(1.0, middle + half))


def sign_test(one: int, other: int) -> float:
    """How likely so uneven a split, or a more uneven one, is where both sides are as likely; in (0, 1].

    With the goals that only one of two runs proves, this is McNemar's test.
    """
    both = one + other
    # What is smaller than any number is told as the smallest one.
    return min(1.0, max(2 * _at_most(min(one, other), both), sys.float_info.min))


def least_p(pairs: int) -> float:
    """The smallest result that `sign_test` can have with so many pairs: that of the most uneven split."""
    return sign_test(0, pairs)


def median_interval(values: Sequence[float]) -> Interval | None:
    """An interval that holds the median in at least 95% of samples, whatever the distribution; None below six values.

    Its ends are values of the sample, as many from either side as the sign test permits.
    """
    ordered, size = sorted(values), len(values)
    if not size or sign_test(0, size) > LEVEL:
        return None
    low, high = 0, size // 2
    while high - low > 1:  # the most values that may be left out on either side
        middle = (low + high) // 2
        low, high = (middle, high) if 2 * _at_most(middle, size) <= LEVEL else (low, middle)
    return Interval(ordered[low], ordered[size - 1 - low])


def holm(values: Sequence[float]) -> list[float]:
    """Each p value so that all together are wrong with the probability that one of them says."""
    adjusted, largest = [0.0] * len(values), 0.0
    for place, index in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        largest = max(largest, min(1.0, (len(values) - place) * values[index]))
        adjusted[index] = largest
    return adjusted


def _at_most(count: int, of: int) -> float:
    """The probability that of `of` fair coins at most `count` show heads, rounded once."""
    total = term = 1
    for chosen in range(1, count + 1):
        term = term * (of - chosen + 1) // chosen
        total += term
    return float(total / (1 << of))
