"""Traces that a collector on this machine receives, and collectors that are not there or misbehave."""

import logging
import socket
import threading
import time

import anyio
import pytest
from otlp_receiver import receiving

from proofagent import telemetry
from proofagent.telemetry.settings import wanted

KEY = "c0llector-S3cret-0123456789"


@pytest.fixture
def traced(monkeypatch):
    """Collects the spans of a block; they have all arrived after it."""
    with receiving() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        telemetry.start()
        yield received


def sent():
    """Sends what there is."""
    telemetry.stop()


@pytest.mark.parametrize(
    ("variables", "exporters"),
    [
        ({}, ()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, ()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4318"}, ("otlp",)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h:4318/v1/traces"}, ("otlp",)),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, ("otlp",)),
        ({"OTEL_TRACES_EXPORTER": "console, OTLP,console"}, ("console", "otlp")),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4318"}, ()),
        ({"OTEL_SDK_DISABLED": "TRUE", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4318"}, ()),
        ({"OTEL_SERVICE_NAME": "mine", "OTEL_METRICS_EXPORTER": "otlp"}, ()),
    ],
)
def test_the_standard_variables_ask_for_traces(variables, exporters):
    """An endpoint or an exporter does, unless they are switched off; nothing of ours is needed."""
    assert wanted(variables).exporters == exporters


def test_spans_within_spans(traced):
    """Tasks that are started inside a span are part of it, and do not mix; a task's ids are in all its spans."""

    async def attempt(goal):
        with telemetry.task("attempt", goal=goal) as span:
            async with anyio.create_task_group() as group:
                for step in range(3):
                    group.start_soon(work, step)
            span.set(outcome="proved", candidates=7, codes=["a", "b"], nothing=None)

    async def work(step):
        await anyio.sleep(0.001 * step)
        with telemetry.span("llm.call", model="some/model"):
            await serve()
            telemetry.event("retried", tries=2)
            telemetry.event("too fine for a trace", "debug")
        with telemetry.span("search.expand", "debug", wave=step):
            pass

    @telemetry.apart
    async def serve():
        with telemetry.span("apart"):
            await anyio.lowlevel.checkpoint()

    async def main():
        async with anyio.create_task_group() as group:
            for goal in ("g1", "g2"):
                group.start_soon(attempt, goal)

    anyio.run(main)
    sent()
    first, second = traced.named("attempt")
    assert first.trace != second.trace
    assert {first.fields["goal"], second.fields["goal"]} == {"g1", "g2"}
    assert first.fields["attempt"] != second.fields["attempt"]
    assert (first.fields["outcome"], first.fields["candidates"], first.fields["codes"]) == ("proved", 7, ["a", "b"])
    assert "nothing" not in first.fields
    calls = traced.named("llm.call")
    assert len(calls) == 6
    by_id = {first.id: first, second.id: second}
    assert all(by_id[call.parent].fields["goal"] == call.fields["goal"] for call in calls)
    assert all(call.events == {"retried": {"tries": 2}} and call.kind == 3 for call in calls)
    assert sorted(span.fields["wave"] for span in traced.named("search.expand")) == [0, 0, 1, 1, 2, 2]
    assert all(traced.way(span) == ["apart"] and "goal" not in span.fields for span in traced.named("apart"))
    assert set(traced.paths) == {"/v1/traces"}


def test_a_span_that_fails_or_is_cancelled(traced):
    """An error is the span's status; to be cancelled is none."""
    with pytest.raises(ValueError, match="no"), telemetry.span("fails"):
        raise ValueError("no")

    async def cancelled():
        with anyio.move_on_after(0), telemetry.span("cancelled"):
            await anyio.sleep_forever()

    anyio.run(cancelled)
    sent()
    assert (traced.one("fails").failed, traced.one("fails").said) == (True, "ValueError: no")
    assert (traced.one("cancelled").failed, traced.one("cancelled").fields["ended"]) == (False, "cancelled")


def test_hostile_values_cost_no_span(traced):
    """What no trace can carry arrives as something that it can."""

    class Silent:
        def __repr__(self):
            raise RuntimeError("no")

    with telemetry.span(
        "work", big=2**70, half="\ud800", nan=float("nan"), long="x" * 10**7, odd=Silent(), all=[1, "a"]
    ):
        telemetry.event("said", text="\ud800")
    sent()
    fields = traced.one("work").fields
    assert (fields["big"], fields["half"], fields["nan"]) == (str(2**70), "\ufffd", "nan")
    assert len(fields["long"]) < 2_100
    assert fields["all"] == ["1", "a"]
    assert traced.one("work").events == {"said": {"text": "\ufffd"}}


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "proofagent"),
        ({"OTEL_SERVICE_NAME": "mine"}, "mine"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=theirs,lab=a"}, "theirs"),
    ],
)
def test_the_name_of_the_service(traced, variables, name, monkeypatch):
    """It is ours unless the standard variables give another one."""
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    telemetry.start()
    with telemetry.span("work"):
        pass
    sent()
    assert traced.one("work").resource["service.name"] == name


def test_logs_name_the_trace(traced, logged):
    """With both on, a line of the log leads to the trace; outside of all spans it has none."""
    events = logged("info")
    telemetry.event("before")
    with telemetry.span("work"):
        telemetry.event("inside")
    sent()
    before, inside, work = events()
    assert inside["trace"] == work["trace"] == traced.one("work").trace.hex()
    assert "trace" not in before


def test_a_proxy_is_not_asked_for_this_machine(traced, monkeypatch):
    """What is on this machine is behind no proxy."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    telemetry.start()
    with telemetry.span("work"):
        pass
    sent()
    assert traced.one("work")


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


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "long"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zip"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_RESOURCE_ATTRIBUTES", "nonsense"),
    ],
)
def test_what_the_sdk_can_do_without_is_one_line(traced, variable, value, monkeypatch, capsys):
    """The SDK takes its default, without a traceback."""
    telemetry.stop()
    monkeypatch.setenv(variable, value)
    telemetry.start()
    with telemetry.span("work"):
        pass
    sent()
    said = capsys.readouterr().err
    assert (said.count("\n"), "Traceback" in said, said[:19]) == (1, False, "warning: traces to ")
    assert traced.one("work")


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
