"""Collectors that are not there or misbehave, variables that cannot be used, and programs with traces of their own."""

import logging
import socket
import threading
import time

import pytest
from otlp_receiver import receiving

from proofagent import telemetry

KEY = "c0llector-S3cret-0123456789"


PROGRAM = """
import sys
from proofagent import telemetry
for number in range(600):
    with telemetry.span("work", number=number):
        pass
print("done", "opentelemetry" in sys.modules)
"""


def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def test_a_program_sends_what_is_left_when_it_ends(run):
    """Without a word about it."""
    with receiving() as received:
        ran = run(PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=received.url)
    assert (ran.code, ran.out, ran.err) == (0, "done True\n", "")
    assert len(received.named("work")) == 600


def test_a_collector_that_is_down_costs_one_line(run):
    """The run goes on and ends, however long the SDK would try."""
    endpoint = f"http://127.0.0.1:{closed_port()}"
    ran = run(PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_TIMEOUT=3600, seconds=100)
    assert (ran.code, ran.out) == (0, "done True\n")
    (told,) = ran.told
    assert told.startswith(f"warning: traces to {endpoint.removeprefix('http://')}: [Errno ")
    assert told.endswith("refused; the run goes on, and nothing more is said of this")


def test_a_collector_that_never_answers_keeps_nobody(run):
    """The process ends all the same."""
    with receiving(answers=False) as received:
        ran = run(
            PROGRAM, OTEL_EXPORTER_OTLP_ENDPOINT=received.url, OTEL_EXPORTER_OTLP_TIMEOUT=3600, seconds=100
        )  # fmt: skip
    assert (ran.code, ran.out, len(ran.told) <= 1) == (0, "done True\n", True)


ENDLESS = """
import threading
from opentelemetry.sdk.trace import TracerProvider

TracerProvider.shutdown = lambda self: threading.Event().wait()
"""


def test_the_end_waits_for_nobody_longer_than_a_while(run):
    """Also where the SDK would never come to an end."""
    with receiving() as received:
        ran = run(f"{ENDLESS}\n{PROGRAM}", OTEL_EXPORTER_OTLP_ENDPOINT=received.url, seconds=100)
    assert (ran.code, ran.out, ran.err) == (0, "done True\n", "")


def test_nothing_is_left_of_traces_that_cannot_be_sent(monkeypatch, capsys):
    """After the end no thread waits to try again, and OpenTelemetry's own logger is as it was."""
    logger = logging.getLogger("opentelemetry")
    before = (list(logger.handlers), logger.propagate, set(threading.enumerate()))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "3600")
    telemetry.start()
    with telemetry.span("work"):
        pass
    telemetry.stop()
    for thread in set(threading.enumerate()) - before[-1]:
        thread.join(30)
    assert (list(logger.handlers), logger.propagate, set(threading.enumerate())) == before
    assert capsys.readouterr().err.count("\n") == 1


def test_a_collector_that_comes_back_gets_the_rest(monkeypatch, capsys):
    """What failed once is not given up."""
    with receiving(400) as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        telemetry.start()
        with telemetry.span("lost"):
            pass
        said = ""
        while "\n" not in said:
            time.sleep(0.02)
            said += capsys.readouterr().err
        received.status = 200
        with telemetry.span("kept"):
            pass
        telemetry.stop()
    assert received.one("kept")


@pytest.mark.parametrize("endpoint", ["http://me:pass-word-9@", "//me:pass-word-9@host:4318", "pass-word-9"])
def test_an_address_that_is_none(endpoint, monkeypatch, capsys):
    """It is one line, without the password in it."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    monkeypatch.delenv("PROOFAGENT_OFFLINE")
    telemetry.start()
    with telemetry.span("work"):
        pass
    telemetry.stop()
    said = capsys.readouterr().err
    assert (said.count("\n"), "me:pass-word-9@" in said) == (1, False)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_collector_that_refuses_is_named_once(run, status):
    """With what it said; neither the key that it was sent nor what is in its address is shown."""
    with receiving(status) as received:
        url = received.url.replace("//", "//me:pass-word-9@") + "?token=abcdefgh"
        ran = run(
            PROGRAM,
            OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=url,
            OTEL_EXPORTER_OTLP_HEADERS=f"authorization=Bearer%20{KEY}",
        )
    assert received.bodies
    assert (ran.code, ran.out, len(ran.told)) == (0, "done True\n", 1)
    assert ran.err.startswith(f"warning: traces to {received.url.removeprefix('http://')}: ")
    assert not any(secret in ran.err for secret in (KEY, "pass-word-9", "abcdefgh"))


WITHOUT = """
import sys
for name in ("opentelemetry", "opentelemetry.sdk"):
    sys.modules[name] = None
from proofagent import telemetry
telemetry.event("seen")
with telemetry.span("work"):
    pass
print("done")
"""


@pytest.mark.parametrize("log", ["info", "off"])
def test_without_the_extra_there_is_a_warning(run, log):
    """One line with the command that brings it; the run, and the logs, go on."""
    ran = run(WITHOUT, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", PROOFAGENT_LOG=log)
    assert (ran.code, ran.out) == (0, "done\n")
    (told,) = ran.told
    assert told.startswith("warning: OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, which need OpenTelemetry: ")
    assert told.endswith("pip install 'proofagent[telemetry]'")
    assert [event["event"] for event in ran.events] == (["seen", "work"] if log == "info" else [])


UNUSABLE = {
    "unknown exporter": ({"OTEL_TRACES_EXPORTER": "zipkin"}, "otlp, console, none"),
    "another protocol": ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf"),
    "another protocol for traces": ({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, "http/protobuf"),
    "another machine offline": ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://192.0.2.1:4318"}, "PROOFAGENT_OFFLINE"),
    "no address": ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
    "a number that is none": ({"OTEL_BSP_MAX_QUEUE_SIZE": "0"}, "max_queue_size"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_variables_that_cannot_be_used(name, monkeypatch, capsys):
    """One line says which and what is possible; there are no traces, and everything else is as ever."""
    variables, word = UNUSABLE[name]
    for variable, value in {"OTEL_TRACES_EXPORTER": "otlp", **variables}.items():
        monkeypatch.setenv(variable, value)
    telemetry.start()
    with telemetry.span("work"):
        telemetry.event("inside")
    telemetry.stop()
    said = capsys.readouterr().err
    assert said.startswith("warning: there are no traces: ")
    assert word in said
    assert said.count("\n") == 1


def test_the_console_is_standard_error(run):
    """Standard output is for results."""
    ran = run(PROGRAM, OTEL_TRACES_EXPORTER="console")
    assert ran.out == "done True\n"
    assert '"name": "work"' in ran.err


APPLICATION = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)

from proofagent import telemetry

with trace.get_tracer("theirs").start_as_current_span("outer"):
    with telemetry.span("ours"):
        pass
telemetry.stop()
ours, outer = kept.get_finished_spans()
print(ours.name, ours.parent.span_id == outer.context.span_id, *ours.attributes)
"""


def test_an_application_with_a_provider_gets_the_spans(run):
    """They are part of its own traces, and sending them is its business."""
    ran = run(APPLICATION, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "ours True proofagent.seconds\n"
