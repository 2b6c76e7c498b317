"""Every way in which an answer may come or fail, over real HTTP in both protocols, and what it costs."""

from decimal import Decimal
from typing import get_args

import pytest

from proofagent.llm.chat import Answer, Cost, FailureKind, Usage
from proofagent.llm.ledger import Ledger, Limit
from proofagent.testing.model_faults import (
    BOMB,
    GARBAGE,
    NESTED,
    NO_HTTP,
    NO_RESPONSE,
    NO_UTF8,
    PAGE,
    Changed,
    Counted,
    Delivered,
    Raw,
    Rejected,
    redirect,
)
from proofagent.testing.model_script import tokens

pytestmark = pytest.mark.anyio

GZIPPED = (("content-type", "application/json"), ("content-encoding", "gzip"))

# The fault; kind and status by protocol, or for both; whether it may have cost something.
FAILURES = {
    "rate-limited": (Rejected("rate-limited"), "rate-limited", 429, False),
    "out-of-credit": (
        Rejected("out-of-credit"),
        "out-of-credit",
        {"openai": 429, "anthropic": 400},
        False,
    ),
    "payment-required": (Rejected("out-of-credit", status=402), "out-of-credit", 402, False),
    "overloaded": (
        Rejected("overloaded"),
        {"openai": "server-error", "anthropic": "rate-limited"},
        {"openai": 503, "anthropic": 529},
        False,
    ),
    "server-error": (Rejected("server-error"), "server-error", 500, False),
    "bad-gateway": (Rejected("server-error", status=502), "server-error", 502, False),
    "unavailable": (Rejected("server-error", status=503), "server-error", 503, False),
    "unauthorized": (Rejected("unauthorized"), "unauthorized", 401, False),
    "forbidden": (Rejected("forbidden"), "unauthorized", 403, False),
    "unknown-model": (Rejected("unknown-model"), "bad-request", 404, False),
    "unknown-parameter": (Rejected("server-error", 400, message="Unknown parameter: 'x'"), "bad-request", 400, False),
    "context-overflow": (Rejected("context-overflow"), "context-overflow", 400, False),
    "request-too-large": (Rejected("request-too-large"), "context-overflow", 413, False),
    "policy": (Rejected("policy"), "refused", 400, False),
    "error-page": (Raw(PAGE.body, 500, PAGE.headers), "server-error", 500, False),
    "error-garbage": (Raw(GARBAGE.body, 400), "bad-request", 400, False),
    "error-bomb": (Raw(NESTED.body, 400), "bad-request", 400, False),
    "error-empty": (Raw(b"", 418), "bad-request", 418, False),
    "redirect": (redirect("http://127.0.0.1:9/elsewhere"), "malformed", 302, False),
    "slow": (Delivered(wait=60), "timed-out", None, True),
    "dripping": (Delivered(step=1, pause=0.04), "timed-out", None, True),
    "cut-body": (Delivered(sent=0.5), "cut-off", None, True),
    "cut-before-the-body": (Delivered(sent=0.0), "cut-off", None, True),
    "reset": (Delivered(sent=0.5, reset=True), "cut-off", None, True),
    "no-response": (NO_RESPONSE, "cut-off", None, True),
    "no-http": (NO_HTTP, "cut-off", None, True),
    "endless": (Delivered(endless=True), "too-large", None, True),
    "gzip-bomb": (BOMB, "too-large", None, True),
    "half": (Delivered(half=True), "malformed", 200, True),
    "zipped-half": (Delivered(half=True, zipped=True), "malformed", 200, True),
    "no-gzip": (Raw(b"this is not packed", headers=GZIPPED), "malformed", 200, True),
    "garbage": (GARBAGE, "malformed", 200, True),
    "empty-body": (Raw(b""), "malformed", 200, True),
    "page": (PAGE, "malformed", 200, True),
    "nested": (NESTED, "malformed", 200, True),
    "no-utf8": (NO_UTF8, "malformed", 200, True),
    "other-protocol": (Changed("other-protocol"), "malformed", 200, True),
    "null": (Raw(b"null"), "malformed", 200, True),
    "list": (Raw(b"[]"), "malformed", 200, True),
    "other-form": (Raw(b'{"choices": 3, "type": 4}'), "malformed", 200, True),
}


def by_wire(value, wire):
    return value[wire] if isinstance(value, dict) else value


@pytest.mark.parametrize("name", FAILURES)
async def test_a_fault_is_a_typed_failure_with_its_cost(name, wire, serve, client_of, prompt):
    """A fault of a server is a value of its kind; it costs nothing, or at most what was reserved, unconfirmed."""
    fault, kind, status, charged = FAILURES[name]
    server = await serve(fault)
    ledger = Ledger()
    timeout = 0.2 if by_wire(kind, wire) == "timed-out" else 20.0
    (call,) = await client_of(server.url, wire, ledger=ledger, timeout=timeout).ask(prompt)
    assert call.failure.kind == by_wire(kind, wire)
    assert call.failure.status == by_wire(status, wire)
    assert call.failure.detail
    assert call.answers == ()
    assert call.tries == len(server.questions) == 1
    assert ledger.spent == call.cost
    assert (call.cost != Cost()) is charged
    if charged:
        assert_reserved(call.cost, prompt)


def assert_reserved(cost, prompt):
    """All of the cost is unconfirmed: every byte of the prompt at the dearest price, and the longest answer."""
    sent = cost.unconfirmed.input
    assert prompt.size < sent < prompt.size + 200
    dollars = (sent * Decimal("3.125") + 100 * 10) / 10**6
    assert cost == Cost(unconfirmed=Usage(sent, 100), unconfirmed_dollars=dollars)


async def test_where_nobody_listens_nothing_is_charged(wire, client_of, prompt):
    """A refused connection is `unreachable` and names the address."""
    (call,) = await client_of("http://127.0.0.1:9/v1", wire).ask(prompt)
    assert (call.failure.kind, call.failure.status, call.cost) == ("unreachable", None, Cost())
    assert "127.0.0.1:9" in call.failure.detail


async def test_an_empty_budget_fails_before_the_request(wire, serve, client_of, prompt):
    """`over-budget` says what was left, and the server saw nothing."""
    server = await serve()
    (call,) = await client_of(server.url, wire, ledger=Ledger(Limit(tokens=10))).ask(prompt)
    assert (call.failure.kind, call.failure.status, call.cost) == ("over-budget", None, Cost())
    assert "10 of 10 are left" in call.failure.detail
    assert server.questions == []


def test_the_table_has_every_kind():
    """Each kind of failure is in the table above or in a test of its own."""
    kinds = {by_wire(kind, wire) for _, kind, _, _ in FAILURES.values() for wire in ("openai", "anthropic")}
    assert kinds | {"unreachable", "over-budget", "offline", "not-recorded"} == set(get_args(FailureKind))


GOOD = Usage(tokens("You prove ∀ things.\nProve that 1 + 1 = 2."), tokens("an answer"))

# What is given; the answer by protocol, or for both.
ENDS = {
    "good": (("an answer",), Answer("an answer")),
    "unicode": (("∀ ε > 0, ⟨x, hx⟩ \u2028 \0",), Answer("∀ ε > 0, ⟨x, hx⟩ \u2028 \0")),
    "zipped": (Delivered(zipped=True), Answer("an answer")),
    "late": (Delivered(wait=0.01), Answer("an answer")),
    "in-pieces": (Delivered(step=40), Answer("an answer")),
    "truncated": (Changed("truncated"), Answer("an answer", "truncated")),
    "refused": (Changed("refused"), Answer("an answer", "refused")),
    "filtered": (Changed("filtered"), Answer("an answer", "refused")),
    "parts": (Changed("parts"), Answer("an answer")),
    "fewer": (Changed("fewer"), Answer("an answer")),
}


@pytest.mark.parametrize("name", ENDS)
async def test_an_answer_has_its_end_and_its_exact_price(name, wire, serve, client_of, prompt):
    """Whole, truncated and refused answers are told apart, and cost what the server counted, to the last digit."""
    reply, answer = ENDS[name]
    server = await serve(reply)
    ledger = Ledger()
    (call,) = await client_of(server.url, wire, ledger=ledger).ask(prompt)
    assert call.failure is None
    assert call.answers == (answer,)
    usage = Usage(GOOD.input, tokens(answer.text))
    dollars = (usage.input * Decimal("2.5") + usage.output * 10) / 10**6
    assert call.cost == ledger.spent == Cost(usage, dollars)
    assert call.prompt == prompt
    assert call.model == "some/model"


async def test_an_answer_without_content_is_empty(serve, client_of, prompt):
    """Chat completions may have null for content, and messages no block: the text is empty then."""
    for wire, what in (("openai", "null-content"), ("anthropic", "no-choices")):
        server = await serve(Changed(what))
        (call,) = await client_of(server.url, wire).ask(prompt)
        assert call.answers == (Answer(""),)


async def test_no_answer_where_there_has_to_be_one(serve, client_of, prompt):
    """No choices at all, and null for a list of blocks, are malformed."""
    for wire, what in (("openai", "no-choices"), ("anthropic", "null-content")):
        server = await serve(Changed(what))
        (call,) = await client_of(server.url, wire).ask(prompt)
        assert call.failure.kind == "malformed"
        assert_reserved(call.cost, prompt)


async def test_a_model_without_a_price_costs_tokens(wire, serve, client_of, prompt):
    """Where nobody knows a price, no dollars are made up, and the tokens without one are counted."""
    server = await serve()
    (call,) = await client_of(server.url, wire, price=None).ask(prompt)
    assert call.cost == Cost(GOOD, unpriced=GOOD.tokens)


CACHED = {
    "openai": {
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "total_tokens": 1050,
        "prompt_tokens_details": {"cached_tokens": 600},
    },
    "anthropic": {
        "input_tokens": 300,
        "output_tokens": 50,
        "cache_read_input_tokens": 600,
        "cache_creation_input_tokens": 100,
    },
}


async def test_what_went_through_the_cache_has_its_own_price(serve, client_of, prompt):
    """Cached and written tokens are part of the input, each at its own price."""
    server = await serve(Counted(CACHED["openai"]))
    (call,) = await client_of(server.url, "openai").ask(prompt)
    # (400 x 2.5 + 600 x 1.25 + 50 x 10) / 1,000,000
    assert call.cost == Cost(Usage(1000, 50, cached=600), Decimal("0.00225"))
    server = await serve(Counted(CACHED["anthropic"]))
    (call,) = await client_of(server.url, "anthropic").ask(prompt)
    # (300 x 2.5 + 600 x 1.25 + 100 x 3.125 + 50 x 10) / 1,000,000
    assert call.cost == Cost(Usage(1000, 50, cached=600, written=100), Decimal("0.0023125"))


async def test_thoughts_that_stand_in_the_total_alone_are_output(serve, client_of, prompt):
    """Where the total is more than prompt and completion, the rest is charged as output."""
    server = await serve(Counted({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 40}))
    (call,) = await client_of(server.url, "openai").ask(prompt)
    assert call.cost.usage == Usage(10, 30)


HUGE = 10**30
NONSENSE = {
    "missing": None,
    "string": "many",
    "list": [],
    "empty": {},
    "negative": {"prompt_tokens": -5, "completion_tokens": 5, "input_tokens": -5, "output_tokens": 5},
    "negative-output": {"prompt_tokens": 5, "completion_tokens": -5, "input_tokens": 5, "output_tokens": -5},
    "strings": {"prompt_tokens": "5", "completion_tokens": "5", "input_tokens": "5", "output_tokens": "5"},
    "floats": {"prompt_tokens": 5.5, "completion_tokens": 5, "input_tokens": 5.5, "output_tokens": 5},
    "nulls": {"prompt_tokens": None, "completion_tokens": None, "input_tokens": None, "output_tokens": None},
    "zeros": {"prompt_tokens": 0, "completion_tokens": 0, "input_tokens": 0, "output_tokens": 0},
    "huge": {"prompt_tokens": HUGE, "completion_tokens": HUGE, "input_tokens": HUGE, "output_tokens": HUGE},
    "huge-output": {"prompt_tokens": 5, "completion_tokens": HUGE, "input_tokens": 5, "output_tokens": HUGE},
    "nested": {"prompt_tokens": {"prompt_tokens": 5}, "input_tokens": [5]},
}


@pytest.mark.parametrize("name", NONSENSE)
async def test_usage_that_cannot_be_is_estimated_from_above(name, wire, serve, client_of, prompt):
    """Where the server does not say what was used, or nonsense, the answers count byte for byte, unconfirmed."""
    server = await serve(Counted(NONSENSE[name]) if name != "missing" else Changed("no-usage"))
    (call,) = await client_of(server.url, wire).ask(prompt)
    assert call.answers == (Answer("an answer"),)
    assert (call.cost.usage, call.cost.dollars) == (Usage(), 0)
    sent, got = call.cost.unconfirmed.input, call.cost.unconfirmed.output
    assert sent > prompt.size
    assert got >= len("an answer")
    assert call.cost.unconfirmed_dollars == (sent * Decimal("3.125") + got * 10) / 10**6
    assert call.cost.unconfirmed_dollars < Decimal("0.01")


async def test_a_cache_larger_than_the_world_is_nonsense(serve, client_of, prompt):
    """An absurd number of cached tokens is no confirmed cost either."""
    server = await serve(Counted({"input_tokens": 5, "output_tokens": 5, "cache_read_input_tokens": HUGE}))
    (call,) = await client_of(server.url, "anthropic").ask(prompt)
    assert call.cost.usage == Usage()
    assert call.cost.most_dollars < 1


async def test_half_a_usage_is_no_usage(wire, serve, client_of, prompt):
    """Where the tokens of the answer are not said, its cost is not confirmed."""
    server = await serve(Counted({"prompt_tokens": 5} if wire == "openai" else {"input_tokens": 5}))
    (call,) = await client_of(server.url, wire).ask(prompt)
    assert call.cost.usage == Usage()
    assert call.cost.unconfirmed.output >= len("an answer")


async def test_a_rate_limit_that_names_the_billing_page_is_a_rate_limit(serve, client_of, prompt):
    """Accounts without a payment method are told how to raise their limit; their quota is not used up."""
    said = (
        "Rate limit reached for gpt-4o-mini in organization org-1 on requests per min (RPM): Limit 3, Used 3, "
        "Requested 1. Please try again in 20s. You can increase your rate limit by adding a payment method to your "
        "account at https://platform.openai.com/account/billing."
    )
    server = await serve(Rejected("rate-limited", message=said))
    (call,) = await client_of(server.url).ask(prompt)
    assert call.failure.kind == "rate-limited"


@pytest.mark.parametrize(("code", "kind"), [(429, "rate-limited"), (502, "server-error"), (402, "out-of-credit")])
async def test_an_error_within_a_200_is_what_it_says(code, kind, serve, client_of, prompt):
    """OpenRouter sends 200 before the upstream answers; an error after that stands in the body, with its status."""
    server = await serve(Raw(b'{"error":{"message":"Provider returned error","code":%d}}' % code))
    (call,) = await client_of(server.url).ask(prompt)
    assert call.failure.kind == kind
    assert "Provider returned error" in call.failure.detail


async def test_an_error_within_a_200_may_have_cost_something(serve, client_of, prompt):
    """What was spent until the upstream failed nobody has said: it counts at its most."""
    server = await serve(Raw(b'{"error":{"message":"Provider returned error","code":502}}'))
    (call,) = await client_of(server.url).ask(prompt)
    assert_reserved(call.cost, prompt)
