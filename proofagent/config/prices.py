"""What tokens cost: a table that is part of the package, and the user's own before it."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field


class Price(BaseModel):
    """US dollars for a million tokens. A kind of input that has no price of its own costs what input costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)
    cached: Decimal | None = Field(default=None, ge=0)
    """Input that the provider read from its cache."""

    cache_write: Decimal | None = Field(default=None, ge=0)
    """Input that the provider wrote to its cache."""


FREE = Price(input=Decimal(0), output=Decimal(0))


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: dict[str, Price]


@cache
def listed() -> Mapping[str, Price]:
    """The package's own table, by `provider/model`; its head says from when it is."""
    text = files("proofagent.config").joinpath("prices.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text)).prices
