"""Money and tokens: what was spent, and a limit that holds before a request is sent, not after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import anyio

from proofagent.config.prices import Price
from proofagent.llm.chat import Cost, Usage

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that all calls together may cost; None is no limit."""

    tokens: int | None = None
    dollars: Decimal | None = None


def cost_of(usage: Usage, price: Price | None, *, confirmed: bool = True) -> Cost:
    """What `usage` costs. Exact: dollars are decimal numbers."""
    dollars = Decimal(0)
    if price is not None:
        cached = min(usage.cached, usage.input)
        written = min(usage.written, usage.input - cached)
        plain = usage.input - cached - written
        dollars = (
            plain * price.input
            + cached * (price.input if price.cached is None else price.cached)
            + written * (price.input if price.cache_write is None else price.cache_write)
            + usage.output * price.output
        ) / _MILLION
    unpriced = usage.tokens if price is None else 0
    if confirmed:
        return Cost(usage, dollars, unpriced=unpriced)
    return Cost(unconfirmed=usage, unconfirmed_dollars=dollars, unpriced=unpriced)


def most(usage: Usage, price: Price | None) -> Cost:
    """The most that `usage` can cost, whatever part of its input goes through a cache."""
    if price is None:
        return cost_of(usage, None, confirmed=False)
    dearest = max(filter(None, (price.input, price.cached, price.cache_write)), default=price.input)
    return cost_of(usage, Price(input=dearest, output=price.output), confirmed=False)


class Reservation:
    """A part of the limit that a request holds until it is known what it cost."""

    def __init__(self, bound: Cost) -> None:
        self.bound = bound
        self.cost = bound
        """What is charged in the end: the bound, unless `settle` says better."""

    def settle(self, cost: Cost) -> None:
        self.cost = cost


class Ledger:
    """What a run has spent. Everything unconfirmed and everything under way counts against the limit at its most."""

    def __init__(self, limit: Limit | None = None) -> None:
        self.limit = limit or Limit()
        self.spent = Cost()
        self._held = 0
        """Requests under way."""
        self._held_tokens = 0
        self._held_dollars = Decimal(0)
        self._released = anyio.Event()

    def over(self, bound: Cost) -> str:
        """Why `bound` cannot be reserved now, for people; empty where it can."""
        limit = self.limit
        if limit.tokens is not None:
            left = limit.tokens - self.spent.tokens - self._held_tokens
            if bound.tokens > left:
                return f"the request may take {bound.tokens:,} tokens and {max(left, 0):,} of {limit.tokens:,} are left"
        if limit.dollars is not None:
            if bound.unpriced:
                return "there is a limit in dollars, and no price of this model is known; add one to the settings"
            free = limit.dollars - self.spent.most_dollars - self._held_dollars
            if bound.most_dollars > free:
                need, left_over = f"${bound.most_dollars:.4f}", f"${max(free, Decimal(0)):.4f}"
                return f"the request may cost {need} and {left_over} of ${limit.dollars:f} are left"
        return ""

    async def admit(self, bound: Cost) -> str:
        """Wait until `bound` can be reserved; why it never can, for people, or nothing where it now can.

        What is under way holds its most, and gives back the rest when it ends.
        """
        while why := self.over(bound):
            if not self._held or self._over_for_good(bound):
                return why
            await self._released.wait()
        return ""

    def _over_for_good(self, bound: Cost) -> bool:
        """Whether `bound` is more than is left even if nothing that is under way costs anything."""
        limit, spent = self.limit, self.spent
        tokens = limit.tokens is not None and bound.tokens > limit.tokens - spent.tokens
        unpriced = limit.dollars is not None and bound.unpriced > 0
        dollars = limit.dollars is not None and bound.most_dollars > limit.dollars - spent.most_dollars
        return tokens or unpriced or dollars

    @contextmanager
    def reserve(self, bound: Cost) -> Iterator[Reservation]:
        """Hold `bound` while a request is under way, then charge what it is settled at, or `bound` where it is not.

        Whoever reserves has asked `over` first, without awaiting anything in between.
        """
        reservation = Reservation(bound)
        self._held += 1
        self._held_tokens += bound.tokens
        self._held_dollars += bound.most_dollars
        try:
            yield reservation
        finally:
            self._held_tokens -= bound.tokens
            self._held_dollars -= bound.most_dollars
            self._held -= 1
            self.spent += reservation.cost
            self._released.set()
            self._released = anyio.Event()
