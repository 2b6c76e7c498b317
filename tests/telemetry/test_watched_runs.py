"""Whole runs that are watched: what their logs and traces hold, and what they must not."""

import json

import pytest
from otlp_receiver import receiving

from proofagent import telemetry
from proofagent.config.models import ModelSpec
from proofagent.config.providers import Provider
from proofagent.config.settings import ModelTable
from proofagent.llm.chat import Message, Prompt
from proofagent.llm.models import open_models
from proofagent.testing.model_faults import Changed, Rejected
from proofagent.testing.model_script import in_turn
from proofagent.testing.model_server import serving, serving_in_thread

KEY = "sk-not-a-real-key-0123456789"
ASKED = "Prove that one and one are two, please."
ANSWERED = "By counting on the fingers of one hand."


def spec_of(url, wire):
    provider = Provider(url, "LAB", wire, takes_n=True, newer_limit=True)
    return ModelSpec("some/model", "model", provider, ModelTable(max_tokens=100, tries=2), None, "unknown")


WORDS = {
    "an answer": ((ANSWERED,), {"answers": 1}),
    "an answer with the key": (Changed("echoes-key"), {"answers": 1}),
    "an error with the key": (Rejected("unauthorized", echoes_key=True), {"failure": "unauthorized", "status": 401}),
    "a rate limit with the key": (Rejected("rate-limited", echoes_key=True), {"failure": "rate-limited", "tries": 2}),
}


@pytest.mark.anyio
@pytest.mark.parametrize("wire", ["openai", "anthropic"])
@pytest.mark.parametrize("name", WORDS)
async def test_a_call_tells_figures_and_no_words(name, wire, logged, monkeypatch, capsys):
    """Model, tokens, dollars and tries; no key, prompt, answer or message of the server, at any level."""
    said, figures = WORDS[name]

    async def nap(_seconds):
        pass

    monkeypatch.setattr("stamina._core._smart_sleep", nap)
    with receiving() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        events = logged("debug")
        async with serving(lambda _question: said) as server:
            specs = [spec_of(server.url, wire)]
            async with open_models(specs, environment={"LAB": KEY}) as models:
                (call,) = await models.clients[0].ask(Prompt((Message("user", ASKED),)))
                telemetry.event("careless", text=f"the key is {KEY}", error=ValueError(KEY))
        assert KEY in str(server.questions[0].headers)
        telemetry.stop()
    (told,) = [event for event in events() if event["event"] == "llm.call"]
    span = received.one("llm.call").fields
    assert told["model"] == span["model"] == "some/model"
    assert told["tries"] == span["tries"] == call.tries
    assert (told["input_tokens"], told["output_tokens"]) == (call.cost.usage.input, call.cost.usage.output)
    assert figures.items() <= told.items()
    assert figures.items() <= span.items()
    kept = json.dumps(events()) + repr(received.bodies) + "".join(capsys.readouterr())
    assert "[key]" in kept
    assert not any(word in kept for word in (KEY, ASKED, ANSWERED))


RETRIES = """
import sys
import anyio
from proofagent.config.models import ModelSpec
from proofagent.config.providers import Provider
from proofagent.config.settings import ModelTable
from proofagent.llm.chat import Message, Prompt
from proofagent.llm.models import open_models

provider = Provider("http://127.0.0.1:9/v1", "", "openai", takes_n=True, newer_limit=True)
spec = ModelSpec("some/model", "model", provider, ModelTable(max_tokens=10, tries=2), None, "unknown")

async def main():
    async with open_models([spec]) as models:
        (call,) = await models.clients[0].ask(Prompt((Message("user", "?"),)))
    assert call.tries == 2
    assert "structlog" not in sys.modules

anyio.run(main)
"""


def test_a_retry_prints_nothing(run):
    """The library that waits between tries would print to standard output where structlog is installed."""
    ran = run(RETRIES)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


GOAL = "theorem t (u : Nat → Nat) (h₀ : u 0 = 3) (h : ∀ n, u (n + 1) = u n) : u 7 = 3"
PROOF = "Unfold it seven times.\n\n```lean4\nsimp [h, h₀]\n```"


@pytest.mark.lean
def test_the_spans_of_a_proof(run, installation, tmp_path):
    """attempt > search > expansion > call and elaboration, with the gate beside the search; the log tells the same."""
    with serving_in_thread(in_turn([PROOF])) as server, receiving() as received:
        ran = run(
            "--log", "debug", "--log-file", "log.jsonl",
            "prove", GOAL, "--via", "whole", "--no-portfolio", "--no-refute", "--json", "--model", "scripted/m",
            "--base-url", server.url, "--key-env", "LAB",
            LAB=KEY, OTEL_EXPORTER_OTLP_ENDPOINT=received.url, XDG_STATE_HOME=tmp_path,
        )  # fmt: skip
    report = json.loads(ran.out)
    assert (ran.code, ran.events, report["results"][0]["outcome"]) == (0, [], "proved")

    whole = received.one("attempt")
    assert (whole.parent, whole.fields["goal"], whole.fields["outcome"]) == (b"", "t", "proved")
    assert whole.resource["service.name"] == "proofagent"
    assert {span.trace for span in received.spans} == {whole.trace}
    assert {(span.fields["goal"], span.fields["attempt"]) for span in received.spans} == {
        ("t", whole.fields["attempt"])
    }
    ways = {name: {tuple(received.way(span)) for span in received.named(name)} for name in NESTED}
    assert ways == NESTED
    gate, call = received.one("gate.check").fields, received.one("llm.call").fields
    assert (gate["verdict"], gate["rung"]) in (("accepted", "compared"), ("accepted", "rechecked"))
    assert (call["model"], call["answers"], call["tries"]) == ("scripted/m", 1, 1)
    assert (call["input_tokens"], call["output_tokens"]) == tuple(
        report["results"][0]["cost"][name] for name in ("input_tokens", "output_tokens")
    )
    assert all(span.fields["status"] == "done" for span in received.named("lean.elaborate"))

    text = (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    ended = [event["event"] for event in events if "seconds" in event and event["event"] != "search.tactic"]
    in_order = sorted(span.name for span in received.spans)
    assert sorted(ended) == in_order
    assert [event["tactic"] for event in events if event["event"] == "search.tactic"] == ["simp [h, h₀]"]
    assert {"engine.started", "process.started", "process.ended"} <= {event["event"] for event in events}
    assert not any(word in text + repr(received.bodies) + ran.err for word in (KEY, "Unfold it", "Mathlib"))


SEARCH = ("attempt", "search", "search.expand")
NESTED = {
    "attempt": {("attempt",)},
    "search": {("attempt", "search")},
    "search.expand": {SEARCH},
    "llm.call": {(*SEARCH, "llm.call")},
    "lean.elaborate": {("attempt", "lean.elaborate"), (*SEARCH, "lean.elaborate")},
    "gate.check": {("attempt", "gate.check")},
}
