"""The protocol over two descriptors, a JSON text a line.

The SDK has this too, but reads in a thread that a signal cannot end, holds lines of any length, and never answers a
request whose text is no proper Unicode: such a text goes through here, so that the tool can say what is wrong with it.
"""

import json
import os
import select
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import anyio
from anyio.lowlevel import checkpoint
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp import types
from mcp.shared.message import SessionMessage

MOST_LINE_BYTES = 64 << 20
"""Of one message; two texts of the largest size have less, however they are written."""
_CHUNK_BYTES = 1 << 16

Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


@contextmanager
def private_descriptors() -> Iterator[tuple[int, int]]:
    """Standard input and output as descriptors that nobody else has.

    Meanwhile whatever else is printed goes to standard error, and whatever else reads finds nothing.
    """
    given, out = os.dup(0), os.dup(1)
    sys.stdout.flush()
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        os.dup2(nothing, 0)
        os.dup2(_errors(nothing), 1)
        yield given, out
    finally:
        sys.stdout.flush()
        for private, usual in ((given, 0), (out, 1)):
            os.dup2(private, usual)
            os.close(private)
        os.close(nothing)


def _errors(otherwise: int) -> int:
    try:
        os.fstat(2)
    except OSError:
        return otherwise
    return 2


@asynccontextmanager
async def connected(given: int, out: int) -> AsyncIterator[tuple[Incoming, Outgoing]]:
    """Messages from `given` and to `out`. The first stream ends with `given`; a closed `out` ends everything."""
    sender, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, receiver = anyio.create_memory_object_stream[SessionMessage](0)
    async with anyio.create_task_group() as group:
        group.start_soon(_receive, given, sender)
        group.start_soon(_send, out, receiver, group.cancel_scope)
        with incoming, outgoing:
            yield incoming, outgoing


async def _receive(given: int, sender: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
    async with sender:
        with suppress(anyio.BrokenResourceError):  # the session has ended
            async for line in _lines(given):
                await sender.send(_message(line))


def _message(line: bytes | None) -> SessionMessage | Exception:
    if line is None:
        return ValueError(f"a line of more than {MOST_LINE_BYTES >> 20} MB was left out")
    try:
        return SessionMessage(types.JSONRPCMessage.model_validate(json.loads(line)))
    except (ValueError, RecursionError):
        return ValueError("a line is no message of the protocol")


async def _lines(given: int) -> AsyncIterator[bytes | None]:
    """The lines that are not blank; None for one that is too long. What does not end in a line feed is no line."""
    waits = _can_wait(given)
    pending, too_long = bytearray(), False
    while chunk := await _chunk(given, waits=waits):
        first, *others = chunk.split(b"\n")
        pending += first
        for piece in others:
            if too_long or pending.strip():
                yield None if too_long else bytes(pending)
            pending, too_long = bytearray(piece), False
        if len(pending) > MOST_LINE_BYTES:
            pending, too_long = bytearray(), True


async def _chunk(given: int, *, waits: bool) -> bytes:
    await checkpoint()
    if waits:
        await anyio.wait_readable(given)
    with suppress(ConnectionError):  # an end, as any other
        return os.read(given, _CHUNK_BYTES)
    return b""


async def _send(out: int, receiver: MemoryObjectReceiveStream[SessionMessage], scope: anyio.CancelScope) -> None:
    waits = _can_wait(out)
    async with receiver:
        async for message in receiver:
            fields = message.message.model_dump(by_alias=True, mode="json", exclude_none=True)
            line = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
            try:
                await _write(out, line.encode("utf-8", "replace") + b"\n", waits=waits)
            except OSError:
                scope.cancel()
                return


async def _write(out: int, data: bytes, *, waits: bool) -> None:
    rest = memoryview(data)
    while rest:
        if waits:
            await anyio.wait_writable(out)
        # As much as a pipe takes at once if it takes anything: the event loop must not wait for a slow reader.
        rest = rest[os.write(out, rest[: select.PIPE_BUF]) :]


def _can_wait(descriptor: int) -> bool:
    """Whether it is something that may have to be waited for; files are always ready, and nobody can wait for them."""
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor)
