"""Real Lean processes end with whoever started them, however that happens."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import proofagent
from proofagent.lean.engine import Header

pytestmark = [pytest.mark.anyio, pytest.mark.lean]

INIT = Header(("Init",))

# A program that uses an engine, as a user's might; `busy` leaves it inside Lean, where it reads no socket.
PARENT = """
import sys, anyio
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.node import find_node
from proofagent.lean.embedded.package import locate
from proofagent.lean.engine import Header
from proofagent.lean.pool import Pool

async def main():
    async with Pool(lambda: EmbeddedEngine.start(locate(), find_node()), spares=0) as pool:
        async with pool.engine(Header(("Init",))) as engine:
            print(engine.pid, engine._scratch.name, flush=True)
            if sys.argv[1] == "busy":
                bomb = "example : (List.range 30000000).foldl (· + ·) 0 = 3 := by decide +kernel"
                await engine.elaborate(Header(("Init",)), bomb, deadline=600)
            await anyio.sleep(600)

anyio.run(main)
"""


@pytest.fixture
def parent(installation):
    """Starts the program and returns it with the process id and the scratch folder of its engine."""
    started = []

    def start(state):
        root = Path(proofagent.__file__).parent.parent
        process = subprocess.Popen(
            [sys.executable, "-c", PARENT, state],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(root), "PROOFAGENT_CACHE": str(installation.root.parent)},
        )
        started.append(process)
        pid, scratch = process.stdout.readline().split(maxsplit=1)
        return process, int(pid), Path(scratch.strip())

    yield start
    for process in started:
        process.kill()
        process.communicate()


def exists(path):
    return path.exists()


@pytest.mark.parametrize(
    ("state", "number"), [("idle", signal.SIGKILL), ("busy", signal.SIGKILL), ("busy", signal.SIGINT)]
)
async def test_the_engine_ends_with_its_parent(parent, await_end, state, number):
    """Killed or interrupted, idle or inside Lean: neither process nor scratch folder is left three seconds later."""
    process, pid, scratch = parent(state)
    assert exists(scratch)
    os.kill(process.pid, number)
    assert await await_end(pid, seconds=3.0)
    process.communicate(timeout=10)
    assert not exists(scratch)


async def test_closing_leaves_nothing(engine_factory, await_end):
    """The process group and the scratch folder are gone when `aclose` returns; a document's files go with it."""
    engine = await engine_factory()
    scratch = Path(engine._scratch.name)
    outcome = await engine.elaborate(INIT, '#eval IO.FS.writeFile "/scratch/mine" "x"', deadline=30)
    assert outcome.errors == ()
    assert (scratch / "mine").read_text() == "x"
    await engine.aclose()
    assert not exists(scratch)
    assert await await_end(engine.pid, seconds=0.5)


async def test_what_lean_printed_is_in_the_outcome(engine_factory):
    """Where a document ends its process, the outcome is lost and carries the last lines that were printed."""
    engine = await engine_factory()
    body = '#eval IO.FS.writeFile "/dev/stderr" "last words\\n"\n#eval (IO.Process.exit 3 : IO Unit)'
    outcome = await engine.elaborate(INIT, body, deadline=30)
    await engine.aclose()
    assert (outcome.status, outcome.messages) == ("lost", ())
    assert re.search(r"^last words$", outcome.detail, re.MULTILINE)
