"""JSON-RPC with a language server: one request at a time, and what the server says meanwhile.

The base protocol is a header `Content-Length: N` and N bytes of JSON. The libraries for it that there are bring an
event loop or a process of their own, or types that know nothing of Lean's additions; what is needed here is this page.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from proofagent.errors import EngineLost, first_of
from proofagent.lean.stream import Stream

_MOST_HEADER_BYTES = 4_096
_UNKNOWN_METHOD = -32601
_DETAIL_CHARACTERS = 500
_MOST_REPLIES = 100_000
"""So many may wait to be sent."""

Call = tuple[str, JsonValue]
"""A method and its parameters."""
Hear = Callable[[str, object], None]


class _Error(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    code: int
    message: str


class Incoming(BaseModel):
    """A request or notification (it has a `method`), or the response to one of our requests."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int | str | None = None
    method: str | None = None
    params: object = None  # whoever reads it checks it; to check large ones twice takes seconds
    error: _Error | None = None


class Refused(EngineLost):
    """The server answered with an error: the document's worker crashed, say."""


class Wire:
    """Our end of the conversation. After an `EngineLost` that is not `Refused` it is of no more use."""

    def __init__(self, stream: Stream, *, limit: int = 256 << 20) -> None:
        self._stream = stream
        self._limit = limit
        self._pending = bytearray()
        self._next_id = 0
        self.broken = False
        """Whether the server has got a part of a message only, because whoever sent it was cancelled."""

    async def request(self, calls: Sequence[Call], hear: Hear) -> None:
        """Send notifications and then, the last of `calls`, a request, and wait for its response.

        `hear` gets what the server says meanwhile. Raises `Refused`, and `EngineLost` where the server is gone or
        cannot be understood.
        """
        self._next_id += 1
        *notices, (method, params) = calls
        lines: list[Mapping[str, JsonValue]] = [{"method": name, "params": what} for name, what in notices]
        lines.append({"id": self._next_id, "method": method, "params": params})
        outbox, queue = anyio.create_memory_object_stream[bytes](_MOST_REPLIES)
        self.broken = True  # until all of it is written, whatever comes in between
        with unwrapped(), queue:
            async with anyio.create_task_group() as group:
                # A server that is being written to may have to be read from before it reads on.
                group.start_soon(self._send, queue)
                with outbox:
                    outbox.send_nowait(b"".join(map(_framed, lines)))
                    response = await self._response(self._next_id, hear, outbox)
        if response.error is not None:
            raise Refused(f"the Lean server says: {response.error.message}"[:_DETAIL_CHARACTERS])

    async def _send(self, queue: MemoryObjectReceiveStream[bytes]) -> None:
        """Write one message after the other, so that none comes in the middle of another."""
        async for data in queue:
            self.broken = True
            try:
                await self._stream.send(data)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
                raise EngineLost("the Lean server died") from error
            self.broken = False

    async def _response(self, wanted: int, hear: Hear, outbox: MemoryObjectSendStream[bytes]) -> Incoming:
        while True:
            message = await self._message()
            if message.method is None:
                if message.id == wanted:
                    return message
                continue  # to a request that was given up
            if message.id is not None:
                try:
                    outbox.send_nowait(_framed(_reply(message)))
                except anyio.WouldBlock:
                    raise EngineLost("the Lean server asks without an end") from None
            hear(message.method, message.params)

    async def _message(self) -> Incoming:
        length = await self._length()
        while len(self._pending) < length:
            await self._more()
        text = bytes(self._pending[:length])
        del self._pending[:length]
        try:
            return Incoming.model_validate_json(text)
        except ValidationError as error:
            raise _garbled(str(error)) from None

    async def _length(self) -> int:
        """The length of the next message, whose header is taken off."""
        while (end := self._pending.find(b"\r\n\r\n")) < 0:
            if len(self._pending) > _MOST_HEADER_BYTES:
                raise _garbled(repr(bytes(self._pending[:80])))
            await self._more()
        head = bytes(self._pending[:end])
        del self._pending[: end + 4]
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit() and len(value) < 20:
                length = int(value)
                if length > self._limit:
                    raise EngineLost(f"a message of the Lean server is larger than {self._limit >> 20} MB")
                return length
        raise _garbled(repr(head[:80]))

    async def _more(self) -> None:
        try:
            received = await self._stream.receive()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise EngineLost("the Lean server died") from error
        if not received:
            raise EngineLost("the Lean server died")
        self._pending += received


def _garbled(detail: str) -> EngineLost:
    return EngineLost("the Lean server said what is no message", detail=detail[:_DETAIL_CHARACTERS])


def _framed(message: Mapping[str, JsonValue]) -> bytes:
    # Half a surrogate pair is no character of a text; as an escape in JSON Lean would refuse the whole message.
    text = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode("utf-8", "replace")
    return b"Content-Length: %d\r\n\r\n%b" % (len(text), text)


def _reply(asked: Incoming) -> Mapping[str, JsonValue]:
    """What a client that can do nothing answers: it takes note of registrations, and knows no other request."""
    if asked.method in ("client/registerCapability", "client/unregisterCapability"):
        return {"id": asked.id, "result": None}
    return {"id": asked.id, "error": {"code": _UNKNOWN_METHOD, "message": "not supported"}}


@contextmanager
def unwrapped() -> Iterator[None]:
    """The first error of a group of tasks in place of the group."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise first_of(group) from None
