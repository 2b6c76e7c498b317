"""The way to the network: bounded in time and size, without keys in what comes back, and closed where it has to be."""

import os
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import anyio
import httpx

from proofagent.errors import ConfigError

OFFLINE = "PROOFAGENT_OFFLINE"
"""The variable that, where it is set to anything but 0, forbids calls to other machines: for tests, say."""

TOTAL = "proofagent_total"
"""Extension of a request: seconds for the whole of it."""

PLACE = "proofagent_place"
"""Extension of a request: its place among the samples of a question."""

_MOST_BYTES = 32 << 20
_CONNECT_SECONDS = 15.0
_LEAST_SECRET = 8
_HERE = ("127.0.0.1", "::1", "localhost")
_ABOUT_ENCODING = ("content-encoding", "content-length", "transfer-encoding")


class Refused(httpx.TransportError):
    """A request that was not sent."""


class Offline(Refused):
    """Calls to other machines are switched off."""


class TooLarge(httpx.TransportError):
    """An answer without end."""


class Network(httpx.AsyncBaseTransport):
    """Sends requests for real and gives whole responses back; every other outcome is an `httpx.TransportError`.

    Proxies and certificates are those of the environment; a `ConfigError` says that they cannot be used. Wherever one
    of `secrets` comes back, in a body, a header or an error, `[key]` stands in its place.
    """

    def __init__(self, secrets: Sequence[str] = (), *, environment: Mapping[str, str] = os.environ) -> None:
        self._secrets = [_any_spelling(secret) for secret in secrets if len(secret) >= _LEAST_SECRET]
        self._environment = environment
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        try:
            # Certificates take 40 ms to load: once, not once for each way.
            context = httpx.create_ssl_context()
            # Nothing on this machine is behind a proxy.
            direct: dict[str, httpx.AsyncBaseTransport | None] = {
                f"all://{host}": httpx.AsyncHTTPTransport(verify=context, limits=limits)
                for host in ("127.0.0.1", "[::1]", "localhost")
            }
            self._client = httpx.AsyncClient(verify=context, limits=limits, mounts=direct)
        except (ImportError, ValueError, OSError) as error:
            raise ConfigError(f"the proxy or the certificates in the environment cannot be used: {error}") from error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._environment.get(OFFLINE, "0") not in ("", "0") and request.url.host not in _HERE:
            raise Offline(f"{OFFLINE} is set, and {request.url.host} is another machine")
        total = float(request.extensions.get(TOTAL, 60.0))
        waits = httpx.Timeout(total, connect=min(_CONNECT_SECONDS, total), pool=None)
        request.extensions = {**request.extensions, "timeout": waits.as_dict()}
        try:
            # The waits of the library are between two bytes; a server that drips would never meet one.
            with anyio.fail_after(total):
                response = await self._client.send(request, stream=True)
                try:
                    body = await _body(response)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no whole answer within {total:g} s") from error
        except httpx.TransportError as error:
            # A protocol error quotes what the server sent.
            raise type(error)(self._masked(str(error).encode("utf-8", "replace")).decode()) from None
        headers = [
            (name.encode(), self._masked(value.encode("utf-8", "replace")))
            for name, value in response.headers.multi_items()
            if name.lower() not in _ABOUT_ENCODING
        ]
        return httpx.Response(response.status_code, headers=headers, content=self._masked(body))

    def _masked(self, data: bytes) -> bytes:
        for secret in self._secrets:
            data = secret.sub(b"[key]", data)
        return data

    async def aclose(self) -> None:
        await self._client.aclose()


def _any_spelling(secret: str) -> re.Pattern[bytes]:
    """Finds `secret` in text and in JSON, where any letter may stand as an escape."""
    return re.compile("".join(rf"(?:\\?{re.escape(c)}|(?i:\\u{ord(c):04x}))" for c in secret).encode())


async def _body(response: httpx.Response) -> bytes:
    """The body; where it is not packed as its head says, a few words that no protocol takes for an answer."""
    parts, size = list[bytes](), 0
    try:
        async for part in response.aiter_bytes():
            size += len(part)
            if size > _MOST_BYTES:
                raise TooLarge(f"an answer of more than {_MOST_BYTES >> 20} MB")
            parts.append(part)
    except httpx.DecodingError as error:
        return f"(cannot be unpacked: {error})".encode()
    return b"".join(parts)


def host_of(url: str) -> str:
    """The host and port of an address, for people."""
    return urlsplit(url).netloc
