"""Logs and traces that are on: events and spans with the ids of the task that they belong to."""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from proofagent.errors import ConfigError
from proofagent.telemetry.settings import Level, Wanted, warn
from proofagent.telemetry.values import Cleaner, Plain

if TYPE_CHECKING:
    from proofagent.telemetry.logs import Logs
    from proofagent.telemetry.traces import Begun, Traces

_EXTRA = "pip install 'proofagent[telemetry]'"
_BOUND: ContextVar[Mapping[str, Plain]] = ContextVar("proofagent_telemetry", default=MappingProxyType({}))
"""What all events of a task have; tasks inherit a copy of their own."""


class Running:
    """What is on. Use `start`."""

    def __init__(self, logs: "Logs | None", traces: "Traces | None", cleaner: Cleaner) -> None:
        self.logs = logs
        self.traces = traces
        self.cleaner = cleaner

    @classmethod
    def start(cls, asked: Wanted, environment: Mapping[str, str], hidden: Iterable[str]) -> "Running | None":
        """Begin with what is asked for; None where that is nothing that can be had. Raises `ConfigError`."""
        cleaner = Cleaner(environment)
        cleaner.hide(hidden)
        logs = _logs(asked.level, asked.file) if asked.level is not None else None
        traces = _traces(asked, environment, cleaner) if asked.exporters else None
        return cls(logs, traces, cleaner) if logs is not None or traces is not None else None

    def event(self, name: str, level: Level, fields: Mapping[str, object]) -> None:
        """Log it, and note it in the span that it happens in, if it is worth that."""
        logs = self.logs if self.logs is not None and self.logs.wants(level) else None
        traces = self.traces if level != "debug" else None
        if logs is None and traces is None:
            return
        clean = self.cleaner.fields(fields)
        if logs is not None:
            logs.write(level, name, {**self.ids(), **clean})
        if traces is not None:
            traces.note(name, clean)

    def span(self, name: str, level: Level, fields: Mapping[str, object], *, bound: bool = False) -> "OpenSpan":
        return OpenSpan(self, name, level, fields, bound=bound)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Outside of all spans and tasks."""
        token = _BOUND.set({})
        root = self.traces.root() if self.traces is not None else None
        try:
            yield
        finally:
            if self.traces is not None and root is not None:
                self.traces.leave(root)
            _BOUND.reset(token)

    def ids(self) -> dict[str, Plain]:
        """What tells this task's events from others, the id of its trace among them."""
        trace = self.traces.id() if self.traces is not None else ""
        return {**_BOUND.get(), **({"trace": trace} if trace else {})}

    def stop(self) -> None:
        if self.traces is not None:
            self.traces.stop()
        if self.logs is not None:
            self.logs.close()


class OpenSpan:
    """A span of what is on; see `facade.Span`."""

    def __init__(self, running: Running, name: str, level: Level, fields: Mapping[str, object], *, bound: bool) -> None:
        self._running, self._name, self._level = running, name, level
        self._fields = dict(fields)
        self._binds = bound
        self._token: Token[Mapping[str, Plain]] | None = None
        self._begun: Begun | None = None
        self._began = 0.0

    def set(self, **fields: object) -> None:
        self._fields.update(fields)

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        if self._binds:
            own = self._running.cleaner.fields(self._fields)
            self._token = _BOUND.set({**_BOUND.get(), **own, self._name: secrets.token_hex(4)})
        if self._running.traces is not None:
            self._begun = self._running.traces.begin(self._name)
        if self._level != "debug":
            self._log("debug", f"{self._name}.began", self._running.cleaner.fields(self._fields))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failed = isinstance(error, Exception)
        if failed:
            self._fields["error"] = error
        elif error is not None:
            self._fields["ended"] = "cancelled"
        seconds = round(time.monotonic() - self._began, 4)
        clean = self._running.cleaner.fields({**self._fields, "seconds": seconds})
        self._log("warning" if failed else self._level, self._name, clean)
        if self._begun is not None and self._running.traces is not None:
            self._running.traces.end(self._begun, {**_BOUND.get(), **clean}, failed=failed)
        if self._token is not None:
            _BOUND.reset(self._token)

    def _log(self, level: Level, name: str, clean: Mapping[str, Plain]) -> None:
        logs = self._running.logs
        if logs is not None and logs.wants(level):
            logs.write(level, name, {**self._running.ids(), **clean})


def _logs(level: Level, file: Path | None) -> "Logs":
    from proofagent.telemetry.logs import Logs  # noqa: PLC0415  structlog takes a while to load

    return Logs(level, file)


def _traces(asked: Wanted, environment: Mapping[str, str], cleaner: Cleaner) -> "Traces | None":
    """Traces as asked for; None, after a warning, where they cannot be had: no run fails for want of them."""
    try:
        from proofagent.telemetry.traces import Traces  # noqa: PLC0415  an extra, and slow to load

        return Traces.start(asked.exporters, environment, cleaner)
    except ImportError:
        warn(f"{asked.traces_by} asks for traces, which need OpenTelemetry: {_EXTRA}")
    except ConfigError as error:
        warn(f"there are no traces: {error}")
    except Exception as error:  # noqa: BLE001  variables of a library may be wrong in ways that it alone knows
        warn(f"there are no traces: {cleaner.plain(error)}")
    return None
