"""A collector of traces on this machine: real HTTP, decoded with the protocol's own messages, and able to misbehave."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Sent:
    """A span as it came in."""

    name: str
    id: bytes
    parent: bytes
    trace: bytes
    kind: int
    failed: bool
    said: str
    fields: dict
    events: dict
    resource: dict


@dataclass
class Received:
    """What has come so far; `bodies` is every byte of it, and `paths` where it was sent."""

    status: int = 200
    """What the next answer says; spans that are refused are not among `spans`."""

    url: str = ""
    spans: list = field(default_factory=list)
    bodies: list = field(default_factory=list)
    paths: list = field(default_factory=list)

    def named(self, name):
        return [span for span in self.spans if span.name == name]

    def one(self, name):
        (span,) = self.named(name)
        return span

    def way(self, span):
        """The names of a span and of those around it, the outermost first."""
        by_id = {each.id: each for each in self.spans}
        names = [span.name]
        while span.parent:
            span = by_id[span.parent]
            names.insert(0, span.name)
        return names


def _value(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in any_value.array_value.values]
    return getattr(any_value, kind)


def _fields(attributes):
    return {each.key.removeprefix("proofagent."): _value(each.value) for each in attributes}


def _read(body):
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        about = _fields(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                events = {event.name: _fields(event.attributes) for event in span.events}
                yield Sent(
                    span.name,
                    span.span_id,
                    span.parent_span_id,
                    span.trace_id,
                    span.kind,
                    span.status.code == 2,
                    span.status.message,
                    _fields(span.attributes),
                    events,
                    about,
                )


@contextmanager
def receiving(status=200, *, answers=True):
    """A collector that answers with `status`, or takes requests and never answers."""
    received, over = Received(status), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.paths.append(self.path)
            received.bodies.append(body)
            if received.status == 200:
                received.spans += _read(body)
            if not answers:
                over.wait()
                return
            self.send_response(received.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield received
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
