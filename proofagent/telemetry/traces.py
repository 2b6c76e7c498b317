"""Traces: spans for OpenTelemetry, sent as its own variables say, and never at the run's expense.

A thread of the SDK sends spans in batches; what it complains of is said once, in one line, and at the end there are
two seconds for what is left. Where the program that we are part of has a provider of its own, that one gets the spans.
"""

import logging
import re
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from contextvars import Token
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import ProxyTracerProvider, SpanKind, Status, StatusCode, Tracer

from proofagent.errors import ConfigError
from proofagent.telemetry.settings import otlp_endpoint, warn
from proofagent.telemetry.values import Cleaner, Plain

_FLUSH_SECONDS = 2.0
_END_SECONDS = 0.2
_NAME, _SERVICE = "proofagent", "service.name"
_EXPORTERS = ("otlp", "console", "none")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
_OFFLINE = "PROOFAGENT_OFFLINE"
_HERE = ("127.0.0.1", "::1", "localhost")
_CALLS = ("llm.call",)
"""Spans of which the other end is another program's."""

_LONGEST_COMPLAINT = 300
_USER, _QUERY = re.compile(r"//[^/\s]*@"), re.compile(r"\?[^\s'\")]*")
_SYSTEM = re.compile(r"\[Errno -?\d+\] [\w ]+")
"""What the operating system says, amid what the libraries above it make of that."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A span that has begun, and how the one around it becomes the current one again."""

    span: trace.Span
    token: Token[Context]


class Traces:
    """Spans go to `tracer`; `sender` is None where sending them is another one's business."""

    def __init__(self, tracer: Tracer, sender: "_Sender | None") -> None:
        self._tracer = tracer
        self._sender = sender

    @classmethod
    def start(cls, names: Sequence[str], environment: Mapping[str, str], cleaner: Cleaner) -> "Traces":
        """Begin to send to the exporters `names`. Raises `ConfigError`, and what the SDK has against its variables."""
        current = trace.get_tracer_provider()
        if not isinstance(current, ProxyTracerProvider):
            return cls(current.get_tracer(_NAME), None)
        complaints = _Complaints(cleaner, _host(environment) if "otlp" in names else "")
        try:
            exporters = [_exporter(name, environment) for name in names]
            told = Resource.create()
            if str(told.attributes.get(_SERVICE, "")).startswith("unknown_service"):
                told = told.merge(Resource({_SERVICE: _NAME}))  # a name in the variables goes before ours
            provider = TracerProvider(resource=told, shutdown_on_exit=False)
            for exporter in exporters:
                provider.add_span_processor(BatchSpanProcessor(exporter))
        except BaseException:
            complaints.remove()
            raise
        return cls(provider.get_tracer(_NAME), _Sender(provider, exporters, complaints))

    def begin(self, name: str) -> Begun:
        """Begin a span inside the current one."""
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT if name in _CALLS else SpanKind.INTERNAL)
        return Begun(span, attach(trace.set_span_in_context(span)))

    def end(self, begun: Begun, fields: Mapping[str, Plain], *, failed: bool) -> None:
        begun.span.set_attributes(_attributes(fields))
        if failed:
            begun.span.set_status(Status(StatusCode.ERROR, str(fields.get("error", ""))))
        detach(begun.token)
        begun.span.end()

    def note(self, name: str, fields: Mapping[str, Plain]) -> None:
        """Note an event in the current span, if there is one."""
        span = trace.get_current_span()
        if span.is_recording():
            span.add_event(name, _attributes(fields))

    def id(self) -> str:
        """Of the current trace; empty outside of all."""
        context = trace.get_current_span().get_span_context()
        return trace.format_trace_id(context.trace_id) if context.is_valid else ""

    def root(self) -> Token[Context]:
        """Leave all spans; `leave` undoes it."""
        return attach(Context())

    def leave(self, token: Token[Context]) -> None:
        detach(token)

    def stop(self) -> None:
        if self._sender is not None:
            self._sender.stop()


class _Complaints(logging.Handler):
    """Hears what the SDK complains of, and says the first of it."""

    def __init__(self, cleaner: Cleaner, host: str) -> None:
        super().__init__(logging.WARNING)
        self.came = threading.Event()
        self._what = f"traces to {host}" if host else "traces"
        self._cleaner = cleaner
        self.silent = False
        self._logger = logging.getLogger("opentelemetry")
        self._propagated = self._logger.propagate
        self._logger.addHandler(self)
        self._logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self.silent:
            self.silent = True
            with suppress(Exception):
                text = self._cleaner.text(_QUERY.sub("", _USER.sub("//", record.getMessage())))
                system = _SYSTEM.search(text)
                short = (system[0] if system else text).replace("\n", " ")[:_LONGEST_COMPLAINT].rstrip(" .")
                warn(f"{self._what}: {short}; the run goes on, and nothing more is said of this")
        self.came.set()

    def remove(self) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = self._propagated


class _Sender:
    """Ends the sending within a time."""

    def __init__(self, provider: TracerProvider, exporters: Sequence[SpanExporter], complaints: _Complaints) -> None:
        self._provider, self._exporters, self._complaints = provider, exporters, complaints
        self._ending = threading.Event()
        # Started now, since none can be started any more when the process ends.
        self._thread = threading.Thread(target=self._end, name="proofagent-traces", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send what is left; not a moment longer than that takes, and two seconds at most."""
        over = self._complaints.came  # what fails now would fail again
        over.clear()
        self._ending.set()
        with suppress(KeyboardInterrupt):
            over.wait(_FLUSH_SECONDS)
        self._complaints.silent = True
        if self._thread.is_alive():
            for exporter in self._exporters:
                with suppress(Exception):
                    exporter.shutdown()  # whatever waits to try again gives up
            self._thread.join(_END_SECONDS)
        if not self._thread.is_alive():
            self._complaints.remove()

    def _end(self) -> None:
        self._ending.wait()
        try:
            self._provider.shutdown()
        finally:
            self._complaints.came.set()


def _exporter(name: str, environment: Mapping[str, str]) -> SpanExporter:
    if name == "console":
        return ConsoleSpanExporter(out=sys.stderr)  # standard output is for results
    if name != "otlp":
        raise ConfigError(f"OTEL_TRACES_EXPORTER takes {', '.join(_EXPORTERS)} here, not {name!r}")
    protocol = next(filter(None, (environment.get(variable, "").strip() for variable in _PROTOCOLS)), _PROTOCOL)
    if protocol != _PROTOCOL:
        raise ConfigError(f"OTEL_EXPORTER_OTLP_PROTOCOL takes {_PROTOCOL} here, not {protocol!r}")
    host = urlsplit(otlp_endpoint(environment)).hostname
    if host not in _HERE and environment.get(_OFFLINE, "0") not in ("", "0"):
        raise ConfigError(f"{_OFFLINE} is set, and {host} is another machine")
    return OTLPSpanExporter(session=_direct() if host in _HERE else None)


def _host(environment: Mapping[str, str]) -> str:
    """Where traces go to, for people. Raises `ConfigError` where that is no address."""
    try:
        return urlsplit(otlp_endpoint(environment)).netloc.rpartition("@")[2]
    except ValueError as error:
        raise ConfigError(f"the address in OTEL_EXPORTER_OTLP_ENDPOINT is none: {error}") from None


def _direct() -> requests.Session:
    """Nothing on this machine is behind a proxy."""
    session = requests.Session()
    session.trust_env = False
    return session


def _attributes(fields: Mapping[str, Plain]) -> dict[str, Plain]:
    return {f"{_NAME}.{name}": value for name, value in fields.items()}
