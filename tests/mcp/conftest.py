import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

import proofagent


def environment(**changes):
    """This process's environment with changes."""
    package = str(Path(proofagent.__file__).parent.parent)
    merged = {**os.environ, "PYTHONPATH": package, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1", **changes}
    return {name: str(value) for name, value in merged.items()}


def command(*arguments):
    return ["-m", "proofagent", "mcp", *map(str, arguments)]


@asynccontextmanager
async def client(*arguments, errors=sys.__stderr__, **changes):
    """A session of the SDK's own client with a server that is a process of its own."""
    server = StdioServerParameters(command=sys.executable, args=command(*arguments), env=environment(**changes))
    async with stdio_client(server, errlog=errors) as streams, ClientSession(*streams) as session:
        await session.initialize()
        yield session


@pytest.fixture(scope="module")
async def session(installation, tmp_path_factory):
    """A session that all tests of a module share, and with it the server and its warm engines."""
    errors = tmp_path_factory.mktemp("mcp") / "errors"
    with errors.open("w") as file:
        async with client("--jobs", 2, errors=file, PROOFAGENT_CACHE=installation.root.parent) as session:
            yield session
    assert errors.read_text() == ""


@pytest.fixture
def call(session):
    """Calls a tool and returns its structured answer, or the text of its error."""

    async def called(name, **arguments):
        result = await session.call_tool(name, arguments)
        (content,) = result.content
        if result.isError:
            assert result.structuredContent is None
            return content.text
        assert content.text
        return result.structuredContent

    return called


class Raw:
    """A server process, its lines written and read as they are."""

    def __init__(self, process):
        self.process = process
        self._next = 0

    def send(self, method, **params):
        """Send a request; returns its id."""
        self._next += 1
        self.write(json.dumps({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params}))
        return self._next

    def write(self, line):
        self.process.stdin.write(line.encode("utf-8", "surrogatepass") + b"\n")
        self.process.stdin.flush()

    def read(self):
        return json.loads(self.process.stdout.readline())

    def answer(self, number):
        """The answer to a request; what else comes before it is passed over."""
        while (read := self.read()).get("id") != number:
            pass
        return read

    def initialize(self):
        info = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "0"}}
        self.answer(self.send("initialize", **info))
        self.write('{"jsonrpc": "2.0", "method": "notifications/initialized"}')

    def call(self, tool, progress=None, **arguments):
        """Send a call; returns its id."""
        meta = {} if progress is None else {"_meta": {"progressToken": progress}}
        return self.send("tools/call", name=tool, arguments=arguments, **meta)

    def await_progress(self, words):
        """Read until the server tells of `words`."""
        while words not in self.read().get("params", {}).get("message", ""):
            pass

    def family(self):
        """The processes that the server has started."""
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def raw(installation, tmp_path):
    """Starts servers; whatever is left of one at the end is killed."""
    started = []

    def start(*arguments, **changes):
        kept = {"PROOFAGENT_CACHE": installation.root.parent, **changes}
        process = subprocess.Popen(
            [sys.executable, *command(*arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(**kept),
        )
        started.append(process)
        return Raw(process)

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
