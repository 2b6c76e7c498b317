"""Arithmetic of money and tokens."""

from contextlib import ExitStack
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from proofagent.config.prices import FREE, Price
from proofagent.llm.chat import Cost, Usage
from proofagent.llm.ledger import Ledger, Limit, cost_of, most

counts = st.integers(0, 10**7)
dollars = st.decimals(0, 1000, places=6)


@st.composite
def usages(draw):
    """Tokens whose cached and written parts are parts of the input."""
    cached, written, plain = draw(counts), draw(counts), draw(counts)
    return Usage(cached + written + plain, draw(counts), cached, written)


prices = st.builds(Price, input=dollars, output=dollars, cached=st.none() | dollars, cache_write=st.none() | dollars)
costs = st.builds(cost_of, usages(), prices, confirmed=st.booleans())


@given(usages(), prices)
def test_a_cost_is_the_exact_sum_of_its_parts(usage, price):
    """Dollars are what the fractions say, with no digit lost; confirmed and unconfirmed are the same sum."""
    cached = price.input if price.cached is None else price.cached
    written = price.input if price.cache_write is None else price.cache_write
    plain = usage.input - usage.cached - usage.written
    exact = (
        plain * Fraction(price.input)
        + usage.cached * Fraction(cached)
        + usage.written * Fraction(written)
        + usage.output * Fraction(price.output)
    ) / 10**6
    assert Fraction(cost_of(usage, price).dollars) == exact
    assert cost_of(usage, price, confirmed=False) == Cost(
        unconfirmed=usage, unconfirmed_dollars=cost_of(usage, price).dollars
    )


@given(usages(), prices)
def test_the_most_is_no_less_than_any_way_through_the_cache(usage, price):
    """Whatever part of the input is cached, the bound is not passed; it is unconfirmed."""
    bound = most(usage, price)
    assert bound.most_dollars >= cost_of(usage, price).dollars
    assert (bound.usage, bound.dollars, bound.unconfirmed) == (Usage(), 0, usage)


@given(usages())
def test_without_a_price_tokens_count(usage):
    """What has no known price costs no dollars, and says how many tokens that were; what is free has a price."""
    assert cost_of(usage, None) == Cost(usage, unpriced=usage.tokens)
    assert most(usage, None) == Cost(unconfirmed=usage, unpriced=usage.tokens)
    assert cost_of(usage, FREE) == Cost(usage)


def test_parts_beyond_the_whole_are_cut():
    """A server that counts more cached than input tokens is charged for its input at most."""
    price = Price(input=Decimal(4), output=Decimal(0), cached=Decimal(1), cache_write=Decimal(5))
    assert cost_of(Usage(10, 0, cached=50), price).dollars == Decimal("0.00001")
    assert cost_of(Usage(10, 0, cached=8, written=9), price).dollars == Decimal("0.000018")


@given(costs, costs, costs)
def test_costs_add_up_in_any_order(first, second, third):
    """Sums of costs are commutative, associative and exact, and nothing is their zero."""
    assert first + second == second + first
    assert (first + second) + third == first + (second + third)
    assert first + Cost() == first
    assert (first + second).tokens == first.tokens + second.tokens
    assert (first + second).most_dollars == first.most_dollars + second.most_dollars


def test_ten_dimes_are_a_dollar():
    """Dollars are decimal: no binary fraction comes in."""
    price = Price(input=Decimal("0.1"), output=Decimal(0))
    total = sum((cost_of(Usage(1_000_000), price) for _ in range(10)), Cost())
    assert total.dollars == 1


def test_what_is_not_settled_is_charged_at_its_bound():
    """A request that ended by an exception may have cost its most."""
    ledger, bound = Ledger(), most(Usage(10, 5), FREE)
    with pytest.raises(KeyError), ledger.reserve(bound):
        raise KeyError
    assert ledger.spent == bound
    assert ledger.over(Cost()) == ""


def test_what_is_held_is_free_again_when_it_is_settled():
    """A reservation counts while it is held, and its cost afterwards."""
    ledger = Ledger(Limit(tokens=100))
    with ledger.reserve(Cost(unconfirmed=Usage(60, 0))) as reservation:
        assert "40 of 100 are left" in ledger.over(Cost(unconfirmed=Usage(41, 0)))
        reservation.settle(Cost(Usage(1, 1)))
    assert ledger.over(Cost(unconfirmed=Usage(98, 0))) == ""
    assert ledger.over(Cost(unconfirmed=Usage(98, 1)))


@pytest.mark.parametrize("what", ["tokens", "dollars"])
@settings(max_examples=40)
@given(bounds=st.lists(st.tuples(st.integers(0, 1000), st.floats(0, 1)), max_size=20), limit=st.integers(0, 3000))
def test_series_never_pass_the_limit(what, bounds, limit):
    """One after the other: what `over` lets through fits, whatever part of its bound it cost."""
    price = Price(input=Decimal(1), output=Decimal(3))
    ledger = Ledger(Limit(tokens=limit) if what == "tokens" else Limit(dollars=Decimal(limit) / 10**6))
    for size, part in bounds:
        bound = most(Usage(size, size), price)
        if ledger.over(bound):
            continue
        with ledger.reserve(bound) as reservation:
            reservation.settle(cost_of(Usage(int(size * part), int(size * part)), price))
    spent = ledger.spent.tokens if what == "tokens" else ledger.spent.most_dollars * 10**6
    assert spent <= limit


class ManyRequests(RuleBasedStateMachine):
    """Requests that begin and end in any order, on servers that cost at most what was reserved."""

    PRICE = Price(input=Decimal("0.15"), output=Decimal("0.6"), cached=Decimal("0.075"), cache_write=Decimal("0.2"))
    LIMIT = Limit(tokens=10_000, dollars=Decimal("0.002"))

    def __init__(self):
        super().__init__()
        self.ledger = Ledger(self.LIMIT)
        self.open = []
        self.charged = Cost()

    @rule(size=st.integers(0, 4000), output=st.integers(0, 4000))
    def begin(self, size, output):
        bound = most(Usage(size, output), self.PRICE)
        fits = self.spent_and_held(bound)
        if self.ledger.over(bound):
            assert not fits
        else:
            assert fits
            stack = ExitStack()
            self.open.append((stack, stack.enter_context(self.ledger.reserve(bound))))

    def spent_and_held(self, bound):
        """Whether `bound` fits beside all that was charged and is under way."""
        costs = [self.charged, bound, *(reservation.bound for _, reservation in self.open)]
        tokens = sum(cost.tokens for cost in costs)
        return tokens <= self.LIMIT.tokens and sum(cost.most_dollars for cost in costs) <= self.LIMIT.dollars

    @precondition(lambda self: self.open)
    @rule(data=st.data(), settled=st.booleans())
    def end(self, data, settled):
        stack, reservation = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        bound = reservation.bound.unconfirmed
        if settled:
            sent = data.draw(st.integers(0, bound.input))
            cached = data.draw(st.integers(0, sent))
            got = data.draw(st.integers(0, bound.output))
            reservation.settle(cost_of(Usage(sent, got, cached, sent - cached), self.PRICE))
        self.charged += reservation.cost
        stack.close()

    @invariant()
    def within_the_limit(self):
        assert self.ledger.spent == self.charged
        assert self.ledger.spent.tokens <= self.LIMIT.tokens
        assert self.ledger.spent.most_dollars <= self.LIMIT.dollars


TestManyRequests = ManyRequests.TestCase
TestManyRequests.settings = settings(max_examples=30, stateful_step_count=30)
