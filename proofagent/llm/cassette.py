"""Recordings: every exchange with a model server in a file, and a transport that plays the file back.

A line of JSON an exchange, appended when it ended, so that a killed run keeps what it had. An exchange is found again
by the content of its request alone: not by its address, its headers or its time. The k-th request of some content
gets what its k-th request got, whatever else goes on at the same time. Failures are recorded as well as answers.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from proofagent.errors import ConfigError
from proofagent.llm.transport import Refused, TooLarge

_KEPT_HEADERS = ("content-type", "retry-after")
_MOST_BYTES = 1 << 30

Fault = Literal["timed-out", "unreachable", "cut-off", "too-large"]
_FAULTS: dict[Fault, type[httpx.TransportError]] = {
    "too-large": TooLarge,
    "timed-out": httpx.ReadTimeout,
    "unreachable": httpx.ConnectError,
    "cut-off": httpx.RemoteProtocolError,
}


class NotRecorded(Refused):
    """The recording holds no such request, or not that many of them."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recorded(_Model):
    """A response, or the way in which there was none."""

    status: int = 0
    headers: dict[str, str] = {}
    text: str = ""
    fault: Fault | None = None
    detail: str = ""


class Exchange(_Model):
    """A line of a recording: the `nth` request (from 0) of this content, and what came of it."""

    path: str
    request: JsonValue
    nth: int
    response: Recorded


class Recorder(httpx.AsyncBaseTransport):
    """Passes requests on and appends each exchange to `path`. Raises `ConfigError` where that cannot be written."""

    def __init__(self, inner: httpx.AsyncBaseTransport, path: Path) -> None:
        self._inner = inner
        # A recording that is continued counts on.
        self._count = Counter(key for key, _ in _exchanges(path)) if path.exists() else Counter[str]()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror or error}") from error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = _content(request)
        key = _key(path, body)
        nth = self._count[key]
        self._count[key] += 1
        try:
            response = await self._inner.handle_async_request(request)
        except Refused:
            raise  # nothing was exchanged
        except httpx.TransportError as error:
            self._write(Exchange(path=path, request=body, nth=nth, response=_faulty(error)))
            raise
        kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        # What is not UTF-8 is garbage for whoever reads it, and stays that.
        text = response.content.decode("utf-8", "replace")
        recorded = Recorded(status=response.status_code, headers=kept, text=text)
        self._write(Exchange(path=path, request=body, nth=nth, response=recorded))
        return _response(recorded)

    def _write(self, exchange: Exchange) -> None:
        self._file.write(json.dumps(exchange.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n")
        self._file.flush()

    async def aclose(self) -> None:
        self._file.close()
        await self._inner.aclose()


class Player(httpx.AsyncBaseTransport):
    """Answers from recordings, without any network. Raises `ConfigError` for a file that is none."""

    def __init__(self, *paths: Path) -> None:
        self._recorded: dict[tuple[str, int], Recorded] = {}
        for path in paths:
            first = Counter(key for key, _ in self._recorded)
            for key, exchange in _exchanges(path):
                self._recorded[key, first[key] + exchange.nth] = exchange.response
        self._count = Counter[str]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = _content(request)
        key = _key(path, body)
        nth = self._count[key]
        self._count[key] += 1
        recorded = self._recorded.get((key, nth))
        if recorded is None:
            known = (key, 0) in self._recorded
            raise NotRecorded(
                f"the recording has only {nth} of this request" if known else "it is not in the recording"
            )
        if recorded.fault:
            raise _FAULTS[recorded.fault](recorded.detail)
        return _response(recorded)


def _exchanges(path: Path) -> list[tuple[str, Exchange]]:
    """The exchanges of a file with their keys; a last line that a killed process left unfinished is no error."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: more than {_MOST_BYTES >> 30} GB is no recording")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    found, lines = [], text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            exchange = Exchange.model_validate_json(line)
        except ValidationError as error:
            if number == len(lines):
                break
            first = error.errors()[0]
            raise ConfigError(f"{path}:{number}: not an exchange of a recording: {first['msg']}") from error
        found.append((_key(exchange.path, exchange.request), exchange))
    return found


def _content(request: httpx.Request) -> tuple[str, JsonValue]:
    body: JsonValue = json.loads(request.content)
    return request.url.path.rpartition("/")[2], body


def _key(path: str, body: JsonValue) -> str:
    text = json.dumps([path, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _faulty(error: httpx.TransportError) -> Recorded:
    fault = next((name for name, kind in _FAULTS.items() if isinstance(error, kind)), None)
    if fault is None:
        connecting = isinstance(error, httpx.ConnectTimeout | httpx.ProxyError | httpx.UnsupportedProtocol)
        waiting = isinstance(error, httpx.TimeoutException) and not connecting
        fault = "unreachable" if connecting else "timed-out" if waiting else "cut-off"
    return Recorded(fault=fault, detail=str(error))


def _response(recorded: Recorded) -> httpx.Response:
    return httpx.Response(recorded.status, headers=recorded.headers, content=recorded.text.encode())
