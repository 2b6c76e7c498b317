"""What every test may use: a scrubbed environment, and the real embedded Lean for tests marked `lean`."""

import os
import time

import anyio
import psutil
import pytest
from hypothesis import settings

from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.install import install
from proofagent.lean.embedded.node import find_node

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


@pytest.fixture(scope="session")
def node():
    return find_node()


@pytest.fixture(scope="session")
def installation(node):
    """The embedded Lean, installed once whatever number of test processes ask for it."""
    return install(progress=lambda *_: None, node=node)


@pytest.fixture(scope="session")
def engine_factory(installation, node):
    """Starts a real engine; whoever starts one closes it."""

    async def start():
        return await EmbeddedEngine.start(installation, node)

    return start


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
