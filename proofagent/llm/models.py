"""Opening the models of a run: one account, one way to the network, a recording where one is wanted."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from proofagent import telemetry
from proofagent.config.models import ModelSpec
from proofagent.errors import ConfigError
from proofagent.llm.cassette import Player, Recorder
from proofagent.llm.client import Client
from proofagent.llm.ledger import Ledger, Limit
from proofagent.llm.transport import Network


@dataclass(frozen=True, slots=True)
class Models:
    """The models of a run and what they have cost."""

    clients: tuple[Client, ...]
    ledger: Ledger


@asynccontextmanager
async def open_models(
    specs: Sequence[ModelSpec],
    *,
    limit: Limit | None = None,
    record: Path | None = None,
    replay: Sequence[Path] = (),
    environment: Mapping[str, str] = os.environ,
) -> AsyncIterator[Models]:
    """Open `specs`. With `replay` nothing is sent and no key is needed; with `record` every exchange is appended.

    Raises `ConfigError` where a key is missing or a recording cannot be used.
    """
    if record and replay:
        raise ConfigError("a run is either recorded or replayed")
    keys = [spec.key(environment) for spec in specs]
    telemetry.hide(*keys)
    if not replay:
        _demand_keys(specs, keys)
    transport: httpx.AsyncBaseTransport = Player(*replay) if replay else Network(keys, environment=environment)
    if record:
        transport = Recorder(transport, record)
    ledger = Ledger(limit)
    async with httpx.AsyncClient(transport=transport, follow_redirects=False) as http:
        clients = [Client(spec, key, http, ledger, patient=not replay) for spec, key in zip(specs, keys, strict=True)]
        yield Models(tuple(clients), ledger)


def _demand_keys(specs: Sequence[ModelSpec], keys: Sequence[str]) -> None:
    for spec, key in zip(specs, keys, strict=True):
        if spec.provider.key_env and not key:
            raise ConfigError(
                f"{spec.id} needs a key: set {spec.provider.key_env} (and --key-env to take another variable), "
                "or leave --model out: the portfolio of tactics needs none"
            )
