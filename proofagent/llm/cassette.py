"""Recordings: every exchange with a model server in a file, and a transport that plays the file back.

A line of JSON an exchange, appended when it ended, so that a killed run keeps what it had. An exchange is found again
by the content of its request and its place among the samples of a question: not by its address, its headers or its
time. The k-th such request gets what its k-th request got, whatever else goes on at the same time. Failures are
recorded as well as answers.
"""

import base64
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from proofagent.errors import ConfigError
from proofagent.llm.transport import PLACE, Refused, TooLarge
from proofagent.llm.wire import retry_after

_BEGINS = b'{"path": '
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
    base64: str = ""
    """The body, where it is no UTF-8."""

    fault: Fault | None = None
    detail: str = ""


class Exchange(_Model):
    """A line of a recording: the `nth` request (from 0) of this content, and what came of it."""

    path: str
    request: JsonValue
    nth: int
    place: int = 0
    response: Recorded


class Recorder(httpx.AsyncBaseTransport):
    """Passes requests on and appends each exchange to `path`. Raises `ConfigError` where that cannot be written."""

    def __init__(self, inner: httpx.AsyncBaseTransport, path: Path) -> None:
        self._inner = inner
        # A recording that is continued counts on.
        found, size = _exchanges(path) if path.exists() else ([], 0)
        self._count = _following(found)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8", newline="\n")
            # What a killed process left of a line would spoil the next one.
            self._file.truncate(size)
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror or error}") from error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body, place = _content(request)
        key = _key(path, body, place)
        nth = self._count[key]
        self._count[key] += 1
        try:
            response = await self._inner.handle_async_request(request)
        except Refused:
            raise  # nothing was exchanged
        except httpx.TransportError as error:
            self._write(Exchange(path=path, request=body, nth=nth, place=place, response=_faulty(error)))
            raise
        recorded = _recorded(response)
        self._write(Exchange(path=path, request=body, nth=nth, place=place, response=recorded))
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
            first = Counter[str]()
            for key, nth in self._recorded:
                first[key] = max(first[key], nth + 1)
            for key, exchange in _exchanges(path)[0]:
                self._recorded[key, first[key] + exchange.nth] = exchange.response
        self._count = Counter[str]()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = _key(*_content(request))
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


def _exchanges(path: Path) -> tuple[list[tuple[str, Exchange]], int]:
    """The exchanges of a file with their keys, and the bytes that they take.

    A last line that a killed process left unfinished is no error, and not counted.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path}: more than {_MOST_BYTES >> 30} GB is no recording")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    *lines, rest = data.split(b"\n")
    if not (rest.startswith(_BEGINS) or _BEGINS.startswith(rest)):
        raise ConfigError(f"{path}: not a recording: it ends with {rest[:40]!r}")
    found = []
    for number, line in enumerate(lines, 1):
        try:
            exchange = Exchange.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            raise ConfigError(f"{path}:{number}: not an exchange of a recording: {first['msg']}") from error
        found.append((_key(exchange.path, exchange.request, exchange.place), exchange))
    return found, len(data) - len(rest)


def _following(found: list[tuple[str, Exchange]]) -> Counter[str]:
    """The numbers that the next requests have. One that was given up has left a gap, which stays."""
    count = Counter[str]()
    for key, exchange in found:
        count[key] = max(count[key], exchange.nth + 1)
    return count


def _content(request: httpx.Request) -> tuple[str, JsonValue, int]:
    body: JsonValue = json.loads(request.content)
    return request.url.path.rpartition("/")[2], body, int(request.extensions.get(PLACE, 0))


def _key(path: str, body: JsonValue, place: int) -> str:
    text = json.dumps([path, body, place], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _recorded(response: httpx.Response) -> Recorded:
    headers = {"content-type": response.headers["content-type"]} if "content-type" in response.headers else {}
    # A date would be another number of seconds when it is played back.
    wait = retry_after(response.headers.get("retry-after"))
    if wait is not None:
        headers["retry-after"] = f"{min(wait, 999_999_999.0):.3f}"
    try:
        return Recorded(status=response.status_code, headers=headers, text=response.content.decode())
    except UnicodeDecodeError:
        packed = base64.b64encode(response.content).decode()
        return Recorded(status=response.status_code, headers=headers, base64=packed)


def _faulty(error: httpx.TransportError) -> Recorded:
    fault = next((name for name, kind in _FAULTS.items() if isinstance(error, kind)), None)
    if fault is None:
        connecting = isinstance(error, httpx.ConnectTimeout | httpx.ProxyError | httpx.UnsupportedProtocol)
        waiting = isinstance(error, httpx.TimeoutException) and not connecting
        fault = "unreachable" if connecting else "timed-out" if waiting else "cut-off"
    return Recorded(fault=fault, detail=str(error) or type(error).__name__)


def _response(recorded: Recorded) -> httpx.Response:
    content = base64.b64decode(recorded.base64) if recorded.base64 else recorded.text.encode("utf-8", "replace")
    return httpx.Response(recorded.status, headers=recorded.headers, content=content)
