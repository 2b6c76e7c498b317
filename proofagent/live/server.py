"""The live page of a run, for browsers on this machine."""

import errno
import re
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import anyio

from proofagent.errors import UsageError
from proofagent.live.feed import Feed
from proofagent.live.guard import Guard

_TOKEN = re.compile(r"[\w-]{16,}", re.ASCII)


async def serve(
    folder: Path, port: int, *, host: str = "127.0.0.1", token: str | None = None, told: Callable[[str], None]
) -> None:
    """Serve the page of the run in `folder` until cancelled; clients are shown how it ended before they are let go.

    `told` is called once, with the address to open, which has the token; without a `token` that is a new one. Port 0
    is any that is free. Signals are left to the caller. Raises `UsageError` where there is no run, the port is taken or
    the host is none of this machine.
    """
    # It takes a while to load a server, which commands that serve nothing need not wait for.
    from proofagent.live.app import application  # noqa: PLC0415
    from proofagent.live.connections import Running  # noqa: PLC0415

    token = secrets.token_urlsafe(32) if token is None else token
    if not _TOKEN.fullmatch(token):
        raise UsageError("a token has at least 16 letters, digits, - and _")
    feed = Feed(folder)
    listening = await _listen(host, port)
    port = listening.getsockname()[1]
    running = Running(application(feed, Guard(token, host, port)), listening)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run)
            group.start_soon(running.run)
            try:
                told(f"http://{_shown(host)}:{port}/?token={token}")
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True):
                    await feed.close()
                running.stop()
    finally:
        listening.close()


async def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise UsageError(f"--serve takes a port from 0 (any that is free) to 65535, not {port}")
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--host {host}: no name or address of this machine ({error})") from error
    if not found:
        raise UsageError("--host takes a name or an address of this machine")
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        # So that the port of a server that has just ended is free at once; one that is still there keeps it.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise UsageError(f"cannot serve on {_shown(host)}:{port}: {_advice(error)}") from error
    return listening


def _advice(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; choose another one, or 0 for any that is free"
    if error.errno == errno.EACCES:
        return "this port needs more rights; choose one above 1023, or 0 for any that is free"
    if error.errno == errno.EADDRNOTAVAIL:
        return "the host is no address of this machine; without --host it is 127.0.0.1"
    return error.strerror or str(error)


def _shown(host: str) -> str:
    """The host in an address that a browser can open."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
