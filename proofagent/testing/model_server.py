"""A local server of a scripted model: real HTTP, both protocols, and every kind of misbehaviour. There is no model.

    python -m proofagent.testing.model_server --script FILE [--port N]

prints the address for `base_url` as its first line and serves until it is killed. FILE is JSON,

    {"rules": [{"contains": ["text in the prompt", ...], "answers": ["...", ...]}], "default": ["..."]}

and the first rule all of whose strings occur in the prompt decides (see `Rules`). In Python a script is any function
from a `ChatQuestion` to answers or a `Fault`; `in_turn` makes one of a list. Keys are not looked at.
"""

import argparse
import inspect
import socket
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import anyio
import anyio.abc
import h11
from anyio.from_thread import start_blocking_portal

from proofagent.config.providers import Wire
from proofagent.errors import ConfigError
from proofagent.testing.model_faults import Fault, Rejected
from proofagent.testing.model_responses import Response, good_response
from proofagent.testing.model_script import ChatQuestion, RuleScript, load_rules, read_question

Reply = Sequence[str] | Fault
Script = Callable[[ChatQuestion], Reply | Awaitable[Reply]]
"""No answers at all are an error 400. An exception of a script ends the server, and is seen by whoever opened it."""

_WIRES: tuple[tuple[str, Wire], ...] = (("/chat/completions", "openai"), ("/messages", "anthropic"))
_PIECE = 1 << 16
_MOST_HEAD = 1 << 16
# Linger for 0 seconds: closing resets the connection.
_LINGER_NOT = struct.pack("ii", 1, 0)


class ModelServer:
    """What the server has been asked, in the order of arrival, and where it is."""

    def __init__(self, script: Script, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        """For `base_url`."""

        self.questions: list[ChatQuestion] = []
        self.at_once = 0
        """Requests that are being answered."""

        self.most_at_once = 0
        self._script = script

    async def handle(self, stream: anyio.abc.SocketStream) -> None:
        """Answer whatever comes over one connection."""
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_HEAD)
        # A client may hang up whenever it likes.
        gone = (anyio.BrokenResourceError, anyio.ClosedResourceError, h11.RemoteProtocolError)
        async with stream:
            with suppress(*gone):
                while await self._exchange(connection, stream):
                    connection.start_next_cycle()

    async def _exchange(self, connection: h11.Connection, stream: anyio.abc.SocketStream) -> bool:
        """One request and its response; whether the connection can be used for another one."""
        got = await _request(connection, stream)
        if got is None:
            return False
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await _deliver(await self._response(*got), connection, stream)
        finally:
            self.at_once -= 1

    async def _response(self, request: h11.Request, body: bytes) -> Response:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        path = request.target.decode("latin-1")
        wire = next((wire for end, wire in _WIRES if path.endswith(end)), None)
        if wire is None or request.method != b"POST":
            return Response(b'{"error": {"message": "there is nothing here"}}', 404)
        try:
            question = read_question(wire, body, headers)
        except ValueError as error:
            return _bad_request(wire, str(error))
        self.questions.append(question)
        reply = self._script(question)
        if inspect.isawaitable(reply):
            reply = await reply
        if isinstance(reply, Fault):
            return reply.response(question)
        return good_response(question, tuple(reply)) if reply else _bad_request(wire, "the script has no answer")


def _bad_request(wire: Wire, message: str) -> Response:
    return Rejected("server-error", 400, message=message).response(ChatQuestion(wire, "", ()))


async def _request(connection: h11.Connection, stream: anyio.abc.SocketStream) -> tuple[h11.Request, bytes] | None:
    request, body = None, bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                await _send(stream, connection.send(go_on))
            try:
                connection.receive_data(await stream.receive())
            except anyio.EndOfStream:
                connection.receive_data(b"")
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            return request, bytes(body)
        else:
            return None


async def _deliver(response: Response, connection: h11.Connection, stream: anyio.abc.SocketStream) -> bool:
    """Send `response`; whether the connection can be used for another request."""
    await anyio.sleep(response.wait)
    if not response.http:
        await _send(stream, response.body)
        return False
    length = ("transfer-encoding", "chunked") if response.endless else ("content-length", str(len(response.body)))
    head = h11.Response(status_code=response.status, headers=[*response.headers, length])
    if response.endless:
        await _send(stream, connection.send(head))
        data = h11.Data(data=response.body * (1 + _PIECE // len(response.body)))
        while True:
            await _send(stream, connection.send(data))
    sent = response.body[: int(len(response.body) * response.sent)]
    step = response.step or len(sent) or 1
    # The head and the first bytes go together, as they do from real servers.
    before = connection.send(head) or b""
    for start in range(0, len(sent), step):
        await _send(stream, before + (connection.send(h11.Data(data=sent[start : start + step])) or b""))
        before = b""
        await anyio.sleep(response.pause)
    if response.sent < 1:
        await _send(stream, before)
        if response.reset:
            raw: socket.socket = stream.extra(anyio.abc.SocketAttribute.raw_socket)  # noqa: S610 - no database
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        return False
    await _send(stream, before + (connection.send(h11.EndOfMessage()) or b""))
    return connection.our_state is h11.DONE and connection.their_state is h11.DONE


async def _send(stream: anyio.abc.SocketStream, data: bytes | None) -> None:
    if data:
        await stream.send(data)


@asynccontextmanager
async def serving(script: Script = lambda _question: ["an answer"], *, port: int = 0) -> AsyncIterator[ModelServer]:
    """A server in the running event loop, on a free port unless `port` says which; it ends with the block."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=port)
    async with listener, anyio.create_task_group() as group:
        server = ModelServer(script, listener.extra(anyio.abc.SocketAttribute.local_port))  # noqa: S610 - no database
        group.start_soon(listener.serve, server.handle)
        yield server
        group.cancel_scope.cancel()


@contextmanager
def serving_in_thread(script: Script = lambda _question: ["an answer"], *, port: int = 0) -> Iterator[ModelServer]:
    """The same in a thread of its own, for code that does not run in an event loop."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(serving(script, port=port)) as server,
    ):
        yield server


async def _serve(script: Script, port: int) -> None:
    async with serving(script, port=port) as server:
        print(server.url, flush=True)
        await anyio.sleep_forever()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(
        prog="proofagent.testing.model_server",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    try:
        script = RuleScript(load_rules(arguments.script))
        anyio.run(_serve, script, arguments.port)
    except (ConfigError, OSError) as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
