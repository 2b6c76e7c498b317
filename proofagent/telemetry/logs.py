"""Logs: a line of JSON an event, to a file or to standard error; on a terminal, lines for people."""

import json
import os
import stat
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from proofagent.errors import ConfigError
from proofagent.telemetry.settings import LEVELS, Level, warn
from proofagent.telemetry.values import Plain

_NUMBERS: dict[Level, int] = {"debug": 10, "info": 20, "warning": 30}
# What structlog or a line of ours means by itself.
_TAKEN = frozenset(["time", "level", "event", "exc_info", "exception", "stack", "stack_info", "logger", "logger_name"])

_LOOKS, _LINE_SECONDS = 3, 0.02
"""How often a file that ends in the middle of a line is looked at, and when: another process may be writing there."""


class _Output(Protocol):
    name: str

    def write(self, line: str) -> None:
        """Append a line. Raises `OSError` or `ValueError`."""
        ...

    def close(self) -> None: ...


class Logs:
    """Writes events of `level` and above to `file`, or to standard error. Raises `ConfigError` for a file that is none.

    A line that cannot be written later is lost; that this happens is said once.
    """

    def __init__(self, level: Level, file: Path | None) -> None:
        self._least = _NUMBERS[level]
        self._output: _Output = _Stderr() if file is None else _File(file)
        self._failed = self._closed = False
        for_people = file is None and _terminal()
        utf8 = file is not None or "utf8" in (getattr(sys.stderr, "encoding", None) or "").lower().replace("-", "")
        # None of this is structlog's global configuration, which belongs to the program that we are part of.
        logger: FilteringBoundLogger = structlog.wrap_logger(
            _Lines(self._output),
            processors=_for_people() if for_people else _for_programs(ascii_only=not utf8),
            wrapper_class=structlog.make_filtering_bound_logger(self._least),
            context_class=dict,
            cache_logger_on_first_use=True,
        )
        self._logger = logger

    def wants(self, level: Level) -> bool:
        return _NUMBERS[level] >= self._least

    def write(self, level: Level, name: str, fields: Mapping[str, Plain]) -> None:
        """Log one event; never raises. What ends after the log is nobody's."""
        if self._closed:
            return
        try:
            self._logger.log(_NUMBERS[level], name, **{_own(key): value for key, value in fields.items()})
        except Exception as error:  # noqa: BLE001  no run fails for want of a line
            if not self._failed:
                self._failed = True
                warn(f"{self._output.name}: lines of the log are lost: {getattr(error, 'strerror', None) or error}")

    def close(self) -> None:
        self._closed = True
        self._output.close()


class _Lines:
    """What structlog takes for a logger: each method writes one line."""

    def __init__(self, output: _Output) -> None:
        self.debug = self.info = self.warning = output.write


class _Stderr:
    """Standard error as it is when a line comes: a display that is up takes lines above itself."""

    name = "standard error"

    def write(self, line: str) -> None:
        if sys.stderr is None:
            return
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def close(self) -> None:
        pass


class _File:
    """A file that several processes may append to: each line is one write, and stands alone."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            # A pipe that nobody reads is refused, not waited for.
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
            self._file = os.open(path, flags, 0o666)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ConfigError(f"the log file cannot be written: {self.name!r}: {why}") from error
        self._torn = all(_unfinished(path) for _ in range(_LOOKS))

    def write(self, line: str) -> None:
        data = (b"\n" if self._torn else b"") + line.encode("utf-8", "replace") + b"\n"
        written = os.write(self._file, data)
        # What a full disk, or a killed process, left of a line would spoil the next one.
        self._torn = written != len(data)
        if self._torn:
            raise OSError(0, "a line was cut short")

    def close(self) -> None:
        with suppress(OSError):
            os.close(self._file)


def _unfinished(path: Path) -> bool:
    """Whether a file ends in the middle of a line; a moment later, so that a line that is being written is over."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or not found.st_size:
            return False
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            whole = file.read(1) == b"\n"
    except OSError:
        return False
    if not whole:
        time.sleep(_LINE_SECONDS)
    return not whole


def _own(name: str) -> str:
    return f"{name}_" if name in _TAKEN else name


def _terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _for_programs(*, ascii_only: bool) -> list[Processor]:
    def rendered(_logger: WrappedLogger, _method: str, fields: EventDict) -> str:
        first = {key: fields.pop(key) for key in ("time", "level", "event")}
        return json.dumps({**first, **fields}, ensure_ascii=ascii_only)

    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")
    return [structlog.processors.add_log_level, stamp, rendered]


def _for_people() -> list[Processor]:
    colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False, key="time"),
        _on_one_line,
        structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=16, sort_keys=False, timestamp_key="time"),
    ]


def _on_one_line(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    return {key: value.replace("\n", " ⏎ ") if isinstance(value, str) else value for key, value in fields.items()}


assert _NUMBERS.keys() == set(LEVELS)
