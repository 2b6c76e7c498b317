"""What flows between us and a child: a socket that both write to, and the end of what it prints."""

import socket
import threading
from collections import deque
from typing import IO

import anyio
from anyio.lowlevel import checkpoint

_TAIL_LINES = 40
_TAIL_LINE_BYTES = 2_000
_CHUNK_BYTES = 1 << 16


class Stream:
    """Our end of a socket pair.

    The library's own stream complains on stderr, with a traceback, where a wait is cancelled in the same turn of the
    event loop in which it would have ended.
    """

    def __init__(self, ours: socket.socket) -> None:
        ours.setblocking(False)
        self._socket = ours

    async def send(self, data: bytes) -> None:
        """Raises `BrokenResourceError` where nobody reads any more."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                await anyio.wait_writable(self._socket)
            except OSError as error:
                raise anyio.BrokenResourceError from error

    async def receive(self) -> bytes:
        """What came, at least one byte; nothing at the end. Raises `BrokenResourceError`."""
        await checkpoint()  # where a child never pauses, deadlines and other tasks have their turn all the same
        while True:
            try:
                return self._socket.recv(_CHUNK_BYTES)
            except BlockingIOError:
                await anyio.wait_readable(self._socket)
            except OSError as error:
                raise anyio.BrokenResourceError from error

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            anyio.notify_closing(self._socket)
            self._socket.close()


class Tail:
    """Drains what a child prints in a thread of its own, so that a flood neither blocks it nor fills memory."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._lines: deque[bytes] = deque(maxlen=_TAIL_LINES)
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with self._pipe:
            while line := self._pipe.readline(_TAIL_LINE_BYTES):
                self._lines.append(line)

    def text(self) -> str:
        return b"".join(self._lines).decode("utf-8", "replace").strip()

    def join(self) -> None:
        self._thread.join(timeout=1.0)
