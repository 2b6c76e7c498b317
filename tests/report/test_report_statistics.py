"""The statistics of reports: against definitions that are slow and plain, and as properties."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.report.statistics import LEVEL, holm, least_p, median_interval, sign_test, wilson

COUNTS = st.integers(min_value=0, max_value=400)
SHARES = st.tuples(COUNTS, COUNTS).map(lambda pair: (min(pair), max(pair)))
PS = st.lists(st.floats(min_value=0, max_value=1, exclude_min=True), max_size=12)


@given(SHARES)
def test_wilson_holds_what_was_seen(share):
    """Inside [0, 1], around the share, and never of no width."""
    count, of = share
    low, high = wilson(count, of)
    assert 0 <= low < high <= 1
    if of:
        assert low <= count / of <= high


@given(SHARES)
def test_wilson_treats_both_sides_alike(share):
    """What holds for successes holds for failures, mirrored."""
    count, of = share
    low, high = wilson(count, of)
    assert wilson(of - count, of) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(st.integers(min_value=1, max_value=300).flatmap(lambda of: st.tuples(st.integers(0, of - 1), st.just(of))))
def test_wilson_grows_with_the_count(share):
    """More seen is never less likely: the band of a curve that only rises only rises."""
    count, of = share
    assert wilson(count + 1, of).low >= wilson(count, of).low
    assert wilson(count + 1, of).high >= wilson(count, of).high


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)]
)
def test_wilson_is_wilsons(count, of, low, high):
    """Values of the literature; the last is Newcombe's example (Statistics in Medicine 17, 1998, table I)."""
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


@given(COUNTS, COUNTS)
def test_mcnemar_is_a_probability_and_takes_no_side(one, other):
    """Symmetric, in (0, 1], and 1 where both sides are as large."""
    p = sign_test(one, other)
    assert p == sign_test(other, one)
    assert 0 < p <= 1
    assert sign_test(one, one) == 1


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_sum_of_all_splits_as_uneven(one, other):
    """By its definition, in exact fractions."""
    of = one + other
    tail = sum(Fraction(math.comb(of, k), 2**of) for k in range(of + 1) if abs(2 * k - of) >= abs(one - other))
    assert sign_test(one, other) == pytest.approx(float(tail), rel=1e-12)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_more_uneven_split_is_less_likely(one, other):
    """And no split of so many is less likely than the most uneven one."""
    few, many = sorted((one, other))
    if few:
        assert sign_test(few - 1, many + 1) <= sign_test(few, many)
    assert sign_test(one, other) >= least_p(one + other)


def test_a_split_that_no_float_can_tell_is_still_a_probability():
    """Ten thousand goals that one run proves and none the other way."""
    assert 0 < sign_test(0, 10_000) < 1e-300


@given(PS)
def test_holm_is_monotone_and_never_kinder(values):
    """Adjusted values keep their order, are at least as large, and at most Bonferroni's."""
    adjusted = holm(values)
    assert len(adjusted) == len(values)
    for value, made in zip(values, adjusted, strict=True):
        assert value <= made <= min(1.0, value * len(values) * (1 + 1e-12))
    ordered = [made for _, made in sorted(zip(values, adjusted, strict=True))]
    assert all(one <= other for one, other in pairwise(ordered))


@given(PS, st.randoms(use_true_random=False))
def test_holm_goes_by_value_and_not_by_place(values, rng):
    """Shuffled values have shuffled results."""
    order = list(range(len(values)))
    rng.shuffle(order)
    adjusted = holm(values)
    assert holm([values[i] for i in order]) == [adjusted[i] for i in order]


def test_holm_is_holms():
    """By hand: 3 × 0.01; 2 × 0.03; then 0.04, which may not be less than the one before."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@given(st.lists(st.floats(min_value=0.01, max_value=100), min_size=6, max_size=60))
def test_the_interval_of_the_median_holds_the_median(values):
    """Of the sample, always; and its ends are values of the sample."""
    interval = median_interval(values)
    assert interval is not None
    low, high = interval
    assert {low, high} <= set(values)
    ordered = sorted(values)
    assert low <= ordered[(len(values) - 1) // 2]
    assert ordered[len(values) // 2] <= high


@given(st.integers(min_value=6, max_value=200))
def test_the_interval_of_the_median_is_as_short_as_it_may_be(size):
    """The share of samples that it misses, both sides together, is within the level, and one step shorter is not."""
    low, high = median_interval(range(size))
    assert low == size - 1 - high
    assert sign_test(int(low), size - int(low)) <= LEVEL
    assert sign_test(int(low) + 1, size - int(low) - 1) > LEVEL


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
def test_there_is_no_interval_of_too_few(values):
    """Five values cannot say where a median is with 95% confidence."""
    assert median_interval(values) is None
