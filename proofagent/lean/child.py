"""A supervised child process that answers one JSON request a line with one JSON reply a line.

Requests and replies travel over a socket pair of their own: what the child prints is only ever kept for error
messages. The child leads its own process group, and the whole group is killed whatever way the parent leaves.
"""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import anyio
from anyio.abc import Process

from proofagent import telemetry
from proofagent.errors import EngineLost
from proofagent.lean.stream import Stream, Tail

_EXIT_SECONDS = 5.0
PROTOCOL = 1

_File = int | IO[bytes]

_running: set[int] = set()


@atexit.register
def _kill_what_is_left() -> None:
    for group in tuple(_running):
        kill_group(group)


async def open_process(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    output: _File,
    errors: _File,
    given: _File = subprocess.DEVNULL,
    folder: str | Path | None = None,
    pass_fds: Sequence[int] = (),
) -> Process:
    """Start a program, the leader of a process group; `given` is its input. Raises `OSError` and `ValueError`.

    A cancellation waits until it is started: one that came in between would leave a process that nobody waits for.
    """
    with anyio.CancelScope(shield=True):
        process = await anyio.open_process(
            command,
            stdin=given,
            stdout=output,
            stderr=errors,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            pass_fds=pass_fds,
        )
    return process  # noqa: RET504  a return inside would hide from mypy that it is reached


class Child:
    """A running child that has greeted. Not safe for two requests at once: one asks, then another."""

    def __init__(self, process: Process, stream: Stream, tail: Tail, *, limit: int) -> None:
        self._process = process
        self._stream = stream
        self._tail = tail
        self._limit = limit
        self._pending = bytearray()
        self._next_id = 0
        self._closed = False

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        deadline: float,
        reply_limit: int = 256 << 20,
    ) -> "Child":
        """Start `command` with the number of its socket as last argument and wait for its greeting.

        The child is killed again unless it greets with this protocol's number within `deadline` seconds.
        Raises `EngineLost`.
        """
        try:
            with contextlib.ExitStack() as ours_if_failed, contextlib.ExitStack() as of_the_child:
                ours, theirs = socket.socketpair()
                ours_if_failed.callback(ours.close)
                of_the_child.callback(theirs.close)
                reader, writer = os.pipe()
                ours_if_failed.callback(os.close, reader)
                of_the_child.callback(os.close, writer)
                process = await open_process(
                    [*command, str(theirs.fileno())],
                    environment=environment,
                    output=writer,
                    errors=writer,
                    pass_fds=(theirs.fileno(),),
                )
                _running.add(process.pid)
                ours_if_failed.pop_all()
        except OSError as error:
            raise EngineLost(f"{command[0]} cannot be started: {error.strerror or error}") from error
        child = cls(process, Stream(ours), Tail(os.fdopen(reader, "rb")), limit=reply_limit)
        try:
            with anyio.fail_after(deadline):
                await child._greeting()
        except TimeoutError:
            await child.aclose()
            raise EngineLost(f"the Lean host did not start within {deadline:g} s", detail=child.tail) from None
        except EngineLost as error:
            await child.aclose()
            error.detail = child.tail
            raise
        except BaseException:
            await child.aclose()
            raise
        telemetry.event("process.started", "debug", pid=child.pid)
        return child

    @property
    def alive(self) -> bool:
        """False once it was killed or ended by itself."""
        return not self._closed and self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def tail(self) -> str:
        """The last lines that the child printed."""
        return self._tail.text()

    async def request(self, fields: Mapping[str, object], *, deadline: float) -> bytes:
        """Send one request and return the JSON text of its reply.

        Raises `TimeoutError` after `deadline` seconds and `EngineLost` where the child died or its line is not the
        reply to this request; the child is dead in either case, also when the caller is cancelled.
        """
        self._next_id += 1
        line = json.dumps({"id": self._next_id, **fields}, ensure_ascii=True).encode() + b"\n"
        try:
            with anyio.fail_after(deadline):
                await self._stream.send(line)
                reply = await self._line()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            await self.aclose()
            raise EngineLost("the Lean process died", detail=self.tail) from error
        except BaseException:
            await self.aclose()
            raise
        # The id stands first by protocol, so that a large reply need not be parsed twice.
        if not reply.startswith(b'{"id":%d,' % self._next_id):
            await self.aclose()
            raise EngineLost("the Lean process answered out of turn", detail=self.tail)
        return reply

    async def aclose(self) -> None:
        """Kill the child's process group and wait for its end, whatever happens meanwhile."""
        if self._closed:
            return
        self._closed = True
        telemetry.event("process.ended", "debug", pid=self._process.pid, code=self._process.returncode)
        kill_group(self._process.pid)
        with anyio.CancelScope(shield=True):
            self._stream.close()
            with anyio.move_on_after(_EXIT_SECONDS):
                await self._process.wait()
                _running.discard(self._process.pid)
            await anyio.to_thread.run_sync(self._tail.join)

    async def _greeting(self) -> None:
        try:
            greeting = json.loads(await self._line())
        except (ValueError, RecursionError) as error:
            raise EngineLost("the Lean host greeted with what is not JSON") from error
        if not isinstance(greeting, dict) or (greeting.get("ready"), greeting.get("protocol")) != (True, PROTOCOL):
            raise EngineLost("the Lean host speaks another protocol")

    async def _line(self) -> bytes:
        scanned = 0
        while (end := self._pending.find(b"\n", scanned)) < 0:
            scanned = len(self._pending)
            if scanned > self._limit:
                await self.aclose()
                raise EngineLost(f"a reply of the Lean process is larger than {self._limit >> 20} MB")
            if not (received := await self._stream.receive()):
                await self.aclose()
                raise EngineLost("the Lean process died", detail=self.tail)
            self._pending += received
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line


def kill_group(group: int) -> None:
    """Kill all processes of a group; it may have ended already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
