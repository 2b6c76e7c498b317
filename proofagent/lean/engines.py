"""Choosing an engine and opening a pool of it."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from proofagent.errors import SetupError, UsageError
from proofagent.lean.batch import BatchEngine
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.node import find_node
from proofagent.lean.embedded.package import locate
from proofagent.lean.engine import Engine
from proofagent.lean.lsp.engine import LspEngine
from proofagent.lean.pool import Limits, Pool
from proofagent.lean.project import Project, find_project, search_path
from proofagent.lean.toolchain import Lean

EngineName = Literal["embedded", "lsp", "batch"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Choice:
    """An engine, and for a native one the Lean that it runs."""

    engine: EngineName = "embedded"
    lean: Lean | None = None
    project: Project | None = None
    note: str = ""
    """Why it is not another one, where someone might expect that; a sentence with the command that mends it."""


EMBEDDED = Choice()


def choose(engine: str | None, start: Path, environment: Mapping[str, str] = os.environ) -> Choice:
    """The engine that is asked for, or else `lsp` in a Lake project that is ready, and `embedded` elsewhere.

    `start` is a file or folder of the project. Raises `UsageError` for a name that is none, and `SetupError`, with
    the command that mends it, where a native engine is asked for and cannot be had.
    """
    if engine is not None and engine not in ENGINES:
        raise UsageError(f"--engine takes {', '.join(ENGINES)}, not {engine!r}")
    if engine == "embedded":
        return EMBEDDED
    project = find_project(start, environment)
    if project is None:
        if engine is None:
            return EMBEDDED
        raise SetupError(f"there is no Lake project in {start} or above it; --project DIR names one")
    if project.ready and project.bin is not None:
        lean = Lean(project.bin / "lean", search_path(project))
        return Choice(_native(engine), lean, project)
    lack = project.lacks[0]
    if engine is None:
        # Who has no toolchain at all did not expect one.
        note = f"the embedded Lean is used, because {lack.what}; `{lack.mend}` mends that" if project.bin else ""
        return Choice(project=project, note=note)
    raise SetupError(f"{project.root}: {lack.what}; mend it with: {lack.mend}")


def _native(engine: str | None) -> EngineName:
    return "batch" if engine == "batch" else "lsp"


@asynccontextmanager
async def open_pool(choice: Choice = EMBEDDED, *, size: int = 1, spares: int = 2) -> AsyncIterator[Pool]:
    """A pool of the chosen engine. Raises `SetupError` where what it needs is missing, and `EngineLost`."""
    if choice.lean is None:
        async with embedded_pool(size=size, spares=spares) as pool:
            yield pool
        return
    lean = choice.lean
    start = LspEngine.start if choice.engine == "lsp" else BatchEngine.start

    async def begun() -> Engine:
        return await start(lean)

    async def plain() -> Engine:
        return await BatchEngine.start(lean)

    # A spare would hold all imports in memory a second time; what is to be kept is compiled by a plain run.
    limits = Limits(heap_bytes=lean.resident * 3 // 4, prepare_seconds=300.0)
    async with Pool(begun, size=size, limits=limits, spares=0, start_fresh=plain) as pool:
        yield pool


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
