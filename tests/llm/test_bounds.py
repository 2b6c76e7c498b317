"""Limits that hold: money before a request is sent, requests at the same time, and calls that are given up."""

from decimal import Decimal

import anyio
import anyio.lowlevel
import pytest

from proofagent.config.prices import Price
from proofagent.llm.chat import Cost, Message, Prompt, Usage
from proofagent.llm.ledger import Ledger, Limit, most
from proofagent.testing.model_faults import Counted, Delivered
from proofagent.testing.model_script import in_turn

pytestmark = pytest.mark.anyio


def assert_stopped(calls, server, sent):
    """`sent` requests reached the server and were answered; all others say `over-budget`."""
    over = [call for call in calls if call.failure]
    assert {call.failure.kind for call in over} <= {"over-budget"}
    assert all(call.cost == Cost() for call in over)
    assert len(server.questions) == len(calls) - len(over) == sent


async def test_a_limit_in_dollars_stops_before_the_request(wire, serve, client_of, prompt):
    """A request that could cost more than is left is not sent; one that fits exactly is."""
    server = await serve()
    ledger = Ledger()
    client = client_of(server.url, wire, ledger=ledger)
    # What a request reserves is what a cut answer costs.
    cut = await serve(Delivered(sent=0.5))
    (call,) = await client_of(cut.url, wire).ask(prompt)
    bound = call.cost.unconfirmed_dollars
    ledger.limit = Limit(dollars=bound)
    (fits,) = await client.ask(prompt)
    assert fits.failure is None
    ledger.limit = Limit(dollars=bound + ledger.spent.dollars - Decimal("0.0000001"))
    (call,) = await client.ask(prompt)
    assert call.failure.kind == "over-budget"
    assert len(server.questions) == 1


async def test_a_limit_in_tokens_stops_a_series(wire, serve, client_of, prompt):
    """Requests are sent as long as the next one fits, and what was spent never passes the limit."""
    server = await serve()
    ledger = Ledger(Limit(tokens=500))
    client = client_of(server.url, wire, ledger=ledger)
    calls = [(await client.ask(prompt))[0] for _ in range(40)]
    sent = len(server.questions)
    assert_stopped(calls, server, sent)
    assert 5 < sent < 40
    assert ledger.spent.tokens <= 500


async def test_requests_under_way_count(wire, serve, client_of, prompt):
    """Of ten requests at once only as many are sent as could all cost their most together; the others wait for them."""
    ledger = Ledger(Limit(tokens=750))
    server = await serve(in_turn(["an answer"]))
    client = client_of(server.url, wire, ledger=ledger, concurrency=20)
    calls = []

    async def ask():
        calls.extend(await client.ask(prompt))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(ask)
    answered = [call for call in calls if call.failure is None]
    assert 1 <= server.most_at_once <= 3
    assert len(answered) == len(server.questions) > 3
    assert {call.failure.kind for call in calls if call.failure} <= {"over-budget"}
    assert ledger.spent.tokens == sum(call.cost.tokens for call in calls) <= 750


async def test_a_limit_of_nothing_sends_nothing(serve, client_of, prompt):
    """With 0 tokens or 0 dollars the server hears nothing; a server that costs nothing is asked."""
    server = await serve()
    for limit in (Limit(tokens=0), Limit(dollars=Decimal(0))):
        (call,) = await client_of(server.url, ledger=Ledger(limit)).ask(prompt)
        assert call.failure.kind == "over-budget"
    assert server.questions == []
    free = Price(input=Decimal(0), output=Decimal(0))
    (call,) = await client_of(server.url, price=free, ledger=Ledger(Limit(dollars=Decimal(0)))).ask(prompt)
    assert call.failure is None


async def test_a_limit_in_dollars_needs_a_price(serve, client_of, prompt):
    """What nobody knows the price of cannot be kept within a limit in dollars, but within one in tokens."""
    server = await serve()
    (call,) = await client_of(server.url, price=None, ledger=Ledger(Limit(dollars=Decimal(100)))).ask(prompt)
    assert call.failure.kind == "over-budget"
    assert "no price of this model is known" in call.failure.detail
    assert server.questions == []
    (call,) = await client_of(server.url, price=None, ledger=Ledger(Limit(tokens=100_000))).ask(prompt)
    assert call.failure is None


async def test_several_answers_reserve_several_times(serve, client_of, prompt):
    """A request for `n` answers holds the longest answer `n` times."""
    server = await serve()
    ledger = Ledger(Limit(tokens=500))
    (call,) = await client_of(server.url, ledger=ledger, samples=4).ask(prompt)
    assert call.failure.kind == "over-budget"
    assert "the request may take 5" in call.failure.detail
    assert server.questions == []


async def test_a_server_that_counts_more_than_can_be_is_still_charged(serve, client_of, prompt):
    """What a server says counts, though it is beyond the reservation; then nothing more is sent."""
    server = await serve(Counted({"prompt_tokens": 90_000, "completion_tokens": 10, "total_tokens": 90_010}))
    ledger = Ledger(Limit(tokens=1000))
    client = client_of(server.url, ledger=ledger)
    (first,), (second,) = await client.ask(prompt), await client.ask(prompt)
    assert (first.cost.usage, second.failure.kind) == (Usage(90_000, 10), "over-budget")
    assert "0 of 1,000 are left" in second.failure.detail


async def test_no_more_requests_at_once_than_the_settings_say(wire, serve, client_of, prompt):
    """With a concurrency of 3, three requests are under way together and never a fourth."""

    async def in_threes(_question):
        # The answer waits for two others: with fewer places this would never end.
        group = (len(server.questions) - 1) // 3
        while len(server.questions) < 3 * (group + 1):
            await anyio.lowlevel.checkpoint()
        # Time enough for a fourth one to come.
        for _ in range(200):
            await anyio.lowlevel.checkpoint()
        return ["an answer"]

    server = await serve(in_threes)
    client = client_of(server.url, wire, concurrency=3, takes_n=False, samples=3)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(client.ask, prompt)
    assert len(server.questions) == 12
    assert server.most_at_once == 3


async def test_a_call_that_is_given_up_is_charged_at_its_most(wire, serve, client_of, prompt):
    """A deadline ends a call at once; its cost stays, unconfirmed, and its place is free again."""
    arrived = anyio.Event()

    async def script(_question):
        if not arrived.is_set():
            arrived.set()
            await anyio.sleep_forever()
        return ["an answer"]

    server = await serve(script)
    ledger = Ledger()
    client = client_of(server.url, wire, ledger=ledger, concurrency=1, tries=5)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(client.ask, prompt)
            await arrived.wait()
            group.cancel_scope.cancel()
        assert ledger.spent.usage == Usage()
        assert ledger.spent.unconfirmed.output == 100
        (call,) = await client.ask(prompt)
    assert call.failure is None
    assert len(server.questions) == 2


async def test_a_form_reserves_what_a_tool_adds(serve, client_of, prompt):
    """Anthropic charges for the instructions of tool use; with a short prompt they are most of the input."""
    short = Prompt((Message("user", "Hi"),), {"type": "object"})
    server = await serve(Delivered(sent=0.5))
    (call,) = await client_of(server.url, "anthropic", structured=True).ask(short)
    assert call.cost.unconfirmed.input >= 346


def test_the_most_is_at_the_dearest_price_of_input(price):
    """Whatever goes through a cache, no request costs more than its bound."""
    bound = most(Usage(1000, 10), price)
    assert bound.unconfirmed_dollars == (1000 * Decimal("3.125") + 10 * 10) / 10**6
