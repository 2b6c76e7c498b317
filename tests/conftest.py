"""What every test may use: a scrubbed environment, and the real embedded Lean for tests marked `lean`."""

import os
import sys
import time
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import psutil
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import settings

from proofagent.check.gate import check
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.install import install
from proofagent.lean.embedded.node import find_node
from proofagent.lean.pool import Pool

# A machine that is busy is no defect: the time limit of a test bounds its examples together.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

KEPT = {"PROOFAGENT_CACHE", "PROOFAGENT_NODE"}


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def scrubbed_environment(monkeypatch):
    for name in os.environ.keys() - KEPT:
        if name.startswith("PROOFAGENT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PROOFAGENT_OFFLINE", "1")


@pytest.fixture(scope="session")
def node():
    return find_node()


@pytest.fixture(scope="session")
def installation(node):
    """The embedded Lean, installed once whatever number of test processes ask for it."""
    return install(progress=lambda *_: None, node=node)


@pytest.fixture(scope="session")
def native_lean(tmp_path_factory):
    """The `lean` of a native Lean 4.35, which has no library, as a program."""
    script = Path(__file__).parent / "lean" / "olean" / "native_lean.py"
    sys.path.insert(0, str(script.parent))
    try:
        from native_lean import NativeLean
    finally:
        sys.path.pop(0)
    found = NativeLean.find()
    if found is None:
        pytest.skip("the native Lean (dependency group `native`) is not installed")
    program = tmp_path_factory.mktemp("toolchain") / "bin" / "lean"
    program.parent.mkdir()
    # Its server starts workers by the name of the program that it runs in, which is Python's here.
    text = f'#!/bin/sh\nexport LEAN_WORKER_PATH="$0"\nexec {sys.executable} {script} {found.library} "$@"\n'
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture(scope="session")
def engine_factory(installation, node):
    """Starts a real engine; whoever starts one closes it."""

    async def start():
        return await EmbeddedEngine.start(installation, node)

    return start


class KeptEngines:
    """A pool whose fresh engines are the same ones as long as they are well: starts take seconds.

    What an engine remembers of earlier texts is not what is tested with it.
    """

    def __init__(self, start):
        self._start = start
        self._kept = []

    @asynccontextmanager
    async def fresh(self, *headers):
        for engine in [engine for engine in self._kept if not engine.healthy]:
            self._kept.remove(engine)
            await engine.aclose()
        while len(self._kept) < len(headers):
            self._kept.append(await self._start())
        yield tuple(Altered(engine, methods) for engine, methods in zip(self._kept, self.altered, strict=True))

    altered = ({}, {})
    """Methods of the suspect and of the judge that are not the engine's own."""

    async def aclose(self):
        for engine in self._kept:
            await engine.aclose()


class Altered:
    """A real engine, but for some methods, which take the engine first."""

    def __init__(self, engine, methods):
        self._engine = engine
        self._methods = methods

    def __getattr__(self, name):
        return partial(self._methods[name], self._engine) if name in self._methods else getattr(self._engine, name)


@pytest.fixture(scope="module")
def ask(engine_factory):
    """Asks the gate about a claim, with two real engines that are kept; some of their methods may be replaced."""
    with start_blocking_portal() as portal:
        pool = KeptEngines(engine_factory)

        def asked(claim, deadline=60, judge=None, suspect=None, kernels=None):
            pool.altered = suspect or {}, judge or {}
            return portal.call(partial(check, claim, pool, deadline=deadline, kernels=kernels))

        yield asked
        portal.call(pool.aclose)


class KeptPool(Pool):
    """Whose fresh engines are the same ones for as long as they are well: starts take seconds."""

    kept = ()

    @asynccontextmanager
    async def fresh(self, *headers):
        if not self.kept or any(not engine.healthy for engine in self.kept):
            self.kept = [await self._started(None) for _ in headers]
        yield tuple(self.kept)


@pytest.fixture(scope="module")
def portal():
    """Runs coroutines of a test that is none."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def pool(portal, engine_factory):
    """A pool of real engines whose fresh ones are kept."""
    with portal.wrap_async_context_manager(KeptPool(engine_factory, spares=0)) as pool:
        yield pool


def running(group):
    """The processes of a process group that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return found


@pytest.fixture
def await_end():
    """Waits until a process group has no running process; False where that takes longer than `seconds`."""

    async def wait(group, seconds=3.0):
        end = time.monotonic() + seconds
        while running(group):
            if time.monotonic() > end:
                return False
            await anyio.sleep(0.02)
        return True

    return wait
