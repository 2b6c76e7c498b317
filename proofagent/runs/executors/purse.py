"""One limit on money and tokens for several workers, each of which can only watch its own."""

from dataclasses import dataclass, field
from decimal import Decimal

from proofagent.llm.ledger import Limit
from proofagent.runs.calls import CostModel

_NONE = CostModel()


@dataclass(slots=True)
class Purse:
    """Gives each of `workers` workers its part of `limit`, and whoever replaces one that is gone what is left of it.

    All parts, and what was paid by those who are gone, are never more than the limit together.
    """

    limit: Limit
    workers: int
    _parts: dict[str, Limit] = field(default_factory=dict)
    _called: dict[str, CostModel] = field(default_factory=dict)
    """What the calls of each that were told of have cost together."""

    _charged: dict[str, CostModel] = field(default_factory=dict)
    """What each says that it has spent in all, calls that were cut off included."""

    def part(self, name: str) -> Limit:
        """What a new worker may spend: its part of all that is neither spent nor promised."""
        share = max(1, self.workers - len(self._parts))
        part = Limit(
            None if self.limit.tokens is None else max(0, self._free_tokens(self.limit.tokens)) // share,
            None if self.limit.dollars is None else max(Decimal(0), self._free_dollars(self.limit.dollars)) / share,
        )
        self._parts[name] = part
        return part

    def called(self, name: str, cost: CostModel) -> None:
        """A call of a worker has cost so much."""
        self._called[name] = self._called.get(name, _NONE) + cost

    def charged(self, name: str, cost: CostModel) -> None:
        """A worker has spent so much since it began."""
        self._charged[name] = cost

    def gone(self, name: str) -> None:
        """A worker is no more; what it had not spent is free again."""
        self._parts.pop(name, None)

    def _free_tokens(self, total: int) -> int:
        promised = sum((part.tokens or 0) - _tokens(self._paid(name)) for name, part in self._parts.items())
        return total - sum(_tokens(self._paid(name)) for name in self._names) - promised

    def _free_dollars(self, total: Decimal) -> Decimal:
        spent = sum((_dollars(self._paid(name)) for name in self._names), Decimal(0))
        promised = Decimal(0)
        for name, part in self._parts.items():
            promised += (part.dollars or Decimal(0)) - _dollars(self._paid(name))
        return total - spent - promised

    @property
    def _names(self) -> set[str]:
        return self._called.keys() | self._charged.keys()

    def _paid(self, name: str) -> CostModel:
        return self._called.get(name, _NONE).at_least(self._charged.get(name, _NONE))


def left_of(limit: Limit, cost: CostModel) -> Limit:
    """What is left where `cost` was spent already, by an earlier process say."""
    return Limit(
        None if limit.tokens is None else max(0, limit.tokens - _tokens(cost)),
        None if limit.dollars is None else max(Decimal(0), limit.dollars - _dollars(cost)),
    )


def _tokens(cost: CostModel) -> int:
    return cost.tokens


def _dollars(cost: CostModel) -> Decimal:
    """At its most, as the ledger counts it."""
    return Decimal(str(cost.dollars)) + Decimal(str(cost.unconfirmed_dollars))
