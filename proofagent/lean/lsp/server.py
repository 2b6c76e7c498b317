"""A running `lean --server` with one scratch document, whose imports are kept from edit to edit.

The document has no file: its name is `untitled:`, so that Lean asks no Lake about it and takes the search path as it
is. Lean elaborates anew from the first command that changed, and a new version cancels what still runs on an old one.
"""

import contextlib
import os
import socket
from typing import Self

import anyio
import psutil
from anyio.abc import Process
from pydantic import JsonValue

from proofagent.errors import EngineLost
from proofagent.lean.child import kill_group, open_process
from proofagent.lean.engine import Message
from proofagent.lean.limits import limit
from proofagent.lean.lsp.diagnostics import Listener
from proofagent.lean.lsp.wire import Call, Wire, unwrapped
from proofagent.lean.stream import Stream, Tail
from proofagent.lean.toolchain import Lean

_OPTIONS = ("-Dserver.reportDelayMs=0",)
"""Lean holds diagnostics back for 200 ms, for people who type; an edit takes 4 to 6 ms without."""
_WATCH_SECONDS = 0.2
_MISSED = 10
"""So many looks in a row may find no worker: Lean starts it when a document is opened."""
_EXIT_SECONDS = 5.0


class OutOfMemory(EngineLost):
    """The server took more memory than it may have."""


class Server:
    """Not safe for two requests at once. After an `EngineLost` only `aclose` is of use."""

    def __init__(self, process: Process, stream: Stream, tail: Tail, resident: int) -> None:
        self._process = process
        self._stream = stream
        self._tail = tail
        self._resident = resident
        self._wire = Wire(stream)
        self._uri = ""
        self._imports: object = None
        self._version = 0
        self._documents = 0
        self._at_opening: list[psutil.Process] = []
        self._known: set[psutil.Process] = set()
        """The workers that were seen; one that is in a group of its own may outlive the server."""

    @classmethod
    async def start(cls, lean: Lean, *, deadline: float) -> Self:
        """Start a server and greet it. Raises `EngineLost`, also where it does not answer within `deadline` seconds."""
        with contextlib.ExitStack() as ours_if_failed, contextlib.ExitStack() as of_the_child:
            ours, theirs = socket.socketpair()
            ours_if_failed.callback(ours.close)
            of_the_child.callback(theirs.close)
            reader, writer = os.pipe()
            ours_if_failed.callback(os.close, reader)
            of_the_child.callback(os.close, writer)
            command = [str(lean.program), "--server", *_OPTIONS]
            try:
                process = await open_process(
                    command, environment=lean.environment, given=theirs.fileno(), output=theirs.fileno(), errors=writer
                )
            except OSError as error:
                raise EngineLost(f"{command[0]} cannot be started: {error.strerror or error}") from error
            ours_if_failed.pop_all()
        limit(process.pid, memory=lean.memory)
        server = cls(process, Stream(ours), Tail(os.fdopen(reader, "rb")), lean.resident)
        try:
            with anyio.fail_after(deadline):
                await server._greet()
        except TimeoutError:
            await server.aclose()
            raise EngineLost(f"the Lean server did not start within {deadline:g} s", detail=server.tail) from None
        except BaseException as error:
            await server.aclose()
            if isinstance(error, EngineLost):
                error.detail = server.tail
            raise
        return server

    @property
    def usable(self) -> bool:
        """False where the process ended, or a message was cut off."""
        return self._process.returncode is None and not self._wire.broken

    @property
    def tail(self) -> str:
        """The last lines that it printed on standard error."""
        return self._tail.text()

    @property
    def resident(self) -> int:
        """Bytes of memory that it has now, its worker included."""
        return sum(self._sizes())

    async def settle(self, imports: object, text: str) -> tuple[Message, ...]:
        """Make `text` the document, and return what Lean says of it when it has said all.

        The document is opened anew where `imports` are not those of the last one. Whoever is cancelled leaves Lean at
        work; the next text ends that. Raises `EngineLost`, and `OutOfMemory` where it takes more than it may have.
        """
        self._version += 1
        same = imports == self._imports and self._uri
        calls = self._edit(text) if same else self._open(imports, text)
        listener = Listener(self._uri, self._version)
        wait: Call = ("textDocument/waitForDiagnostics", {"uri": self._uri, "version": self._version})
        with unwrapped():
            async with anyio.create_task_group() as group:
                group.start_soon(self._watch)
                await self._wire.request([*calls, wait], listener.hear)
                group.cancel_scope.cancel()
        if not same:
            self._at_opening = self._workers()
        elif self._at_opening and not any(map(_runs, self._at_opening)):
            # Old versions start another one, and say wrong things of the text then.
            raise EngineLost("the Lean server lost its worker")
        return listener.messages(text)

    async def aclose(self) -> None:
        """Kill it and its worker, which is in a group of its own, and wait for its end. May be called twice."""
        self._workers()
        kill_group(self._process.pid)
        for worker in self._known:
            with contextlib.suppress(psutil.Error):
                worker.kill()
        with anyio.CancelScope(shield=True):
            self._stream.close()
            with anyio.move_on_after(_EXIT_SECONDS):
                await self._process.wait()
            await anyio.to_thread.run_sync(self._tail.join)

    async def _greet(self) -> None:
        # Otherwise Lean says all that it has said of a text again with every new message.
        capabilities: JsonValue = {"lean": {"incrementalDiagnosticSupport": True}}
        us: JsonValue = {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities}
        await self._wire.request([("initialize", us)], lambda *_: None)
        self._greeting: list[Call] = [("initialized", {})]

    def _open(self, imports: object, text: str) -> list[Call]:
        closing: list[Call] = [("textDocument/didClose", {"textDocument": {"uri": self._uri}})] if self._uri else []
        self._documents += 1
        self._uri = f"untitled:Scratch{self._documents}"
        self._imports = imports
        opened: JsonValue = {"uri": self._uri, "languageId": "lean4", "version": self._version, "text": text}
        opening: Call = ("textDocument/didOpen", {"textDocument": opened, "dependencyBuildMode": "never"})
        greeting, self._greeting = self._greeting, []
        return [*greeting, *closing, opening]

    def _edit(self, text: str) -> list[Call]:
        document: JsonValue = {"uri": self._uri, "version": self._version}
        return [("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})]

    async def _watch(self) -> None:
        """Raise `OutOfMemory`, or `EngineLost` where the worker is gone and nobody says so, as some versions do."""
        missed = 0
        while missed < _MISSED:
            await anyio.sleep(_WATCH_SECONDS)
            sizes = self._sizes()
            if max(sizes, default=0) > self._resident:
                raise OutOfMemory(f"Lean took more than {self._resident >> 20} MB of memory")
            missed = missed + 1 if len(sizes) < 2 else 0
        raise EngineLost("the Lean server has no worker any more")

    def _sizes(self) -> list[int]:
        """Bytes of memory of the server and of each of its workers."""
        sizes = []
        for pid in (self._process.pid, *(worker.pid for worker in self._workers())):
            with contextlib.suppress(psutil.Error):
                sizes.append(psutil.Process(pid).memory_info().rss)
        return sizes

    def _workers(self) -> list[psutil.Process]:
        try:
            found = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.Error:
            return []
        self._known.update(found)
        return found


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
