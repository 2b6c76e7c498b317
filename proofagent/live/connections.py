"""uvicorn within somebody else's event loop: no signals, no logs, and clients that misbehave are let go.

Only `serve` imports this module, when somebody wants the page: it takes uvicorn to load it.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 400
"""A process has room for a thousand open files as a rule, and the batch needs some."""

_REQUEST_SECONDS = 10.0
_STUCK_SECONDS = 30.0
_HEADER_BYTES = 16 << 10


class Connection(H11Protocol):
    """One request and its answer; who does not send the one, or does not read the other, is cut off after a while."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._allow(_REQUEST_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._allow(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._asked and not self.transport.is_closing():
            self._allow(None)

    def send_400_response(self, msg: str) -> None:
        if self._asked:  # an answer is under way, and two are no HTTP
            self.cycle.disconnected = True
            self.transport.abort()
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._allow(_STUCK_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.transport.is_closing():
            self._allow(None)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._allow(_STUCK_SECONDS)  # for what is still to be sent

    @property
    def _asked(self) -> bool:
        """Whether there was a request. uvicorn has its cycle as never None, which it is until then."""
        return getattr(self, "cycle", None) is not None

    def _allow(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the caller's."""
        yield


class Running:
    """A server on `listening`, from `run` on until `stop`."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            h11_max_incomplete_event_size=_HEADER_BYTES,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._listening = listening

    async def run(self) -> None:
        """Serve until `stop`; being cancelled is not enough, for a server that is cut off leaves its connections."""
        with anyio.CancelScope(shield=True):
            await self._server.serve(sockets=[self._listening])
            state = self._server.server_state
            for connection in list(state.connections):
                connection.transport.abort()
            for _ in range(100):
                if state.tasks or state.connections:
                    await anyio.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
