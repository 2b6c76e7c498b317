"""Choosing an engine and opening a pool of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from proofagent.errors import SetupError
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.node import find_node
from proofagent.lean.embedded.package import locate
from proofagent.lean.engine import Engine
from proofagent.lean.pool import Pool


@asynccontextmanager
async def embedded_pool(*, size: int = 1, spares: int = 2) -> AsyncIterator[Pool]:
    """A pool of embedded engines. Raises `SetupError` where Node or the library is missing."""
    node = find_node()
    installation = locate()
    if installation is None:
        raise SetupError("the embedded Lean is not installed; run `proofagent setup`")

    async def start() -> Engine:
        return await EmbeddedEngine.start(installation, node)

    async with Pool(start, size=size, spares=spares) as pool:
        yield pool
