"""Which models a run asks, resolved from names, flags, a settings file and the environment."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from proofagent.config.prices import FREE, Price, listed
from proofagent.config.providers import PROVIDERS, Provider
from proofagent.config.settings import ModelTable, ProviderTable, Settings
from proofagent.errors import ConfigError

T = TypeVar("T")

_DATE = re.compile(r"-20\d{2}-?\d{2}-?\d{2}$")
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model and how it is asked. `price` is None where nobody knows it: then tokens are counted and no money."""

    id: str
    """`provider/name`: what prices, results and traces call it."""

    name: str
    """What the server calls it."""

    provider: Provider
    table: ModelTable
    price: Price | None
    price_from: Literal["settings", "list", "this machine", "unknown"]

    def key(self, environment: Mapping[str, str]) -> str:
        """The key; empty where none is needed or set. Raises `ConfigError` for one that no header can carry."""
        key = environment.get(self.provider.key_env, "").strip() if self.provider.key_env else ""
        if not (key.isascii() and key.isprintable()):
            raise ConfigError(f"the key in {self.provider.key_env} has characters that no key has")
        return key


def resolve(
    names: Sequence[str],
    settings: Settings,
    *,
    base_url: str | None = None,
    key_env: str | None = None,
    samples: int | None = None,
    temperature: float | None = None,
) -> tuple[ModelSpec, ...]:
    """The models called `names`, each `provider/name` or `provider/name=WEIGHT`; what is given by keyword goes first.

    Raises `ConfigError` for a name of no form, an unknown provider, an address or a number that cannot be.
    """
    given = {"samples": samples, "temperature": temperature}
    over = {key: value for key, value in given.items() if value is not None}
    specs = [_spec(name, settings, base_url, key_env, over) for name in names]
    ids = [spec.id for spec in specs]
    if twice := next((name for name in ids if ids.count(name) > 1), None):
        raise ConfigError(f"the model {twice} is named twice; ask it for more with --samples")
    return tuple(specs)


def _spec(
    text: str, settings: Settings, base_url: str | None, key_env: str | None, over: Mapping[str, object]
) -> ModelSpec:
    id_, equals, weight = (part.strip() for part in text.partition("="))
    provider_name, _, name = id_.partition("/")
    if not provider_name or not name or not name.isprintable():
        raise ConfigError(f"a model is called provider/name, not `{text}`; for example openai/gpt-4o-mini")
    provider = _provider(provider_name, settings, base_url, key_env)
    table = settings.models.get(id_, ModelTable())
    try:
        changed = {**over, "weight": float(weight)} if equals else over
        table = ModelTable.model_validate({**table.model_dump(), **changed})
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{text}: {first['loc'][0]}: {first['msg']}") from error
    except ValueError as error:
        raise ConfigError(f"{text}: the weight of a model is a number") from error
    here = table.local if table.local is not None else urlsplit(provider.base_url).hostname in _THIS_MACHINE
    if id_ in settings.prices:
        return ModelSpec(id_, name, provider, table, settings.prices[id_], "settings")
    if here:
        return ModelSpec(id_, name, provider, table, FREE, "this machine")
    # Another address under a known name is another seller.
    known = PROVIDERS.get(provider_name)
    price = _listed(id_) if known and provider.base_url == known.base_url else None
    return ModelSpec(id_, name, provider, table, price, "list" if price else "unknown")


def _listed(id_: str) -> Price | None:
    """The listed price; a name with a date (`…-20251001`, `…-2025-10-01`) costs what the name without it does."""
    return listed().get(id_) or listed().get(_DATE.sub("", id_))


def _provider(name: str, settings: Settings, base_url: str | None, key_env: str | None) -> Provider:
    known, own = PROVIDERS.get(name), settings.providers.get(name, ProviderTable())
    try:
        flags = ProviderTable(base_url=base_url, key_env=key_env)
    except ValidationError as error:
        first = error.errors()[0]
        option = "--base-url" if first["loc"][0] == "base_url" else "--key-env"
        raise ConfigError(f"{option}: {first['msg'].removeprefix('Value error, ')}") from error
    address = flags.base_url or own.base_url or (known.base_url if known else None)
    if address is None:
        raise ConfigError(
            f"the provider `{name}` is not known ({', '.join(PROVIDERS)}); give its address with --base-url, "
            f"or a table [providers.{name}] with base_url in the settings"
        )
    elsewhere = known is not None and address != known.base_url
    # A key goes to the server that it is for: another address gets one only where it is named for it.
    usual = "" if known is None or elsewhere else known.key_env
    kept = own if flags.base_url is None else own.model_copy(update={"key_env": None})
    return Provider(
        address,
        _first(flags.key_env, kept.key_env, usual),
        _first(own.wire, known.wire if known else "openai"),
        takes_n=_first(own.takes_n, known.takes_n if known and not elsewhere else False),
        newer_limit=_first(own.newer_limit, known.newer_limit if known and not elsewhere else False),
        seed_name=known.seed_name if known and not elsewhere else "seed",
    )


def _first(*values: T | None) -> T:
    return next(value for value in values if value is not None)
