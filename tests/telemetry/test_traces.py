"""Traces that a collector on this machine receives."""

import anyio
import pytest
from otlp_receiver import receiving

from proofagent import telemetry
from proofagent.telemetry.settings import wanted


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
