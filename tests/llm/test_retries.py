"""What is asked again, after how long, and what all of it costs."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anyio
import anyio.lowlevel
import pytest

from proofagent.llm.chat import Answer, Cost
from proofagent.llm.ledger import Ledger, Limit
from proofagent.testing.model_faults import NO_RESPONSE, Delivered, Raw, Rejected
from proofagent.testing.model_script import in_turn

pytestmark = pytest.mark.anyio

PASSING = {
    "rate-limited": Rejected("rate-limited"),
    "overloaded": Rejected("overloaded"),
    "server-error": Rejected("server-error"),
    "timed-out": Delivered(wait=60),
    "cut-off": Delivered(sent=0.5),
    "no-response": NO_RESPONSE,
}


@pytest.mark.parametrize("name", PASSING)
async def test_what_passes_is_asked_again(name, wire, serve, client_of, prompt, naps):
    """After a fault that may go away the same request is sent again, and its answer counts."""
    server = await serve(in_turn(PASSING[name], ["an answer"]))
    (call,) = await client_of(server.url, wire, tries=3, timeout=0.2 if name == "timed-out" else 20).ask(prompt)
    assert (call.failure, call.answers, call.tries) == (None, (Answer("an answer"),), 2)
    first, second = server.questions
    assert first == second
    assert len(naps) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Rejected("unauthorized"),
        Rejected("unknown-model"),
        Rejected("context-overflow"),
        Rejected("out-of-credit"),
        Rejected("policy"),
        Raw(b"no JSON"),
        Delivered(endless=True),
    ],
    ids=lambda fault: getattr(fault, "why", type(fault).__name__),
)
async def test_what_stays_is_not_asked_again(fault, wire, serve, client_of, prompt, naps):
    """What would fail in the same way is one request."""
    server = await serve(in_turn(fault, ["an answer"]))
    (call,) = await client_of(server.url, wire, tries=5).ask(prompt)
    assert (call.tries, len(server.questions), naps) == (1, 1, [])
    assert call.failure


async def test_tries_come_to_an_end(wire, serve, client_of, prompt, naps):
    """The last failure is the outcome; waits grow, with chance in them, and are bounded."""
    server = await serve(Rejected("server-error"))
    (call,) = await client_of(server.url, wire, tries=9).ask(prompt)
    assert (call.tries, len(server.questions)) == (9, 9)
    assert call.failure.kind == "server-error"
    assert len(naps) == 8
    for number, nap in enumerate(naps):
        assert min(20.0, 0.5 * 2**number) <= nap <= min(20.0, 0.5 * 2**number + 1.0)


@pytest.mark.parametrize(("said", "seconds"), [("7", 7.0), ("0", 0.0), ("1.5", 1.5), ("90", 90.0)])
async def test_the_server_says_how_long_to_wait(said, seconds, wire, serve, client_of, prompt, naps):
    """`Retry-After` in seconds is slept to the letter."""
    server = await serve(in_turn(Rejected("rate-limited", retry_after=said), ["an answer"]))
    (call,) = await client_of(server.url, wire, tries=2).ask(prompt)
    assert naps == [seconds]
    assert call.failure is None


async def test_the_server_says_until_when_to_wait(wire, serve, client_of, prompt, naps):
    """`Retry-After` may be a date."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    server = await serve(in_turn(Rejected("overloaded", retry_after=date), ["an answer"]))
    (call,) = await client_of(server.url, wire, tries=2).ask(prompt)
    (nap,) = naps
    assert 30 < nap <= 60
    assert call.failure is None


@pytest.mark.parametrize("said", ["soon", "-3", "", "Mon, 99 Foo", "1e9"])
async def test_a_wait_that_nobody_can_read_is_our_own(said, serve, client_of, prompt, naps):
    """A `Retry-After` that is neither seconds nor a date counts as none."""
    server = await serve(in_turn(Rejected("rate-limited", retry_after=said), ["an answer"]))
    (call,) = await client_of(server.url, tries=2).ask(prompt)
    assert 0.5 <= naps[0] <= 1.5
    assert call.failure is None


@pytest.mark.parametrize(
    "said",
    ["91", "86400", format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)],
    ids=["seconds", "a day", "a date"],
)
async def test_nobody_waits_for_hours(said, serve, client_of, prompt, naps):
    """Where the wait is too long for a run the failure is given at once, with the time that was asked for."""
    server = await serve(Rejected("rate-limited", retry_after=said))
    (call,) = await client_of(server.url, tries=5).ask(prompt)
    assert (call.tries, naps) == (1, [])
    assert call.failure.retry_after > 90


async def test_where_nobody_listens_it_is_tried_again(client_of, prompt, naps):
    """A server may be on its way up."""
    (call,) = await client_of("http://127.0.0.1:9/v1", tries=3).ask(prompt)
    assert (call.failure.kind, call.tries, len(naps)) == ("unreachable", 3, 2)


async def test_the_cost_of_a_call_is_that_of_all_tries(wire, serve, client_of, prompt):
    """Two cut answers count at their most, the refused request as nothing, and the good one as the server says."""
    server = await serve(in_turn(Delivered(sent=0.5), Rejected("server-error"), Delivered(sent=0.5), ["an answer"]))
    ledger = Ledger()
    client = client_of(server.url, wire, tries=4, ledger=ledger)
    (call,) = await client.ask(prompt)
    (good,) = await client.ask(prompt)
    assert call.cost.usage == good.cost.usage
    assert call.cost.dollars == good.cost.dollars
    assert call.cost.unconfirmed.output == 200
    assert good.cost.unconfirmed_dollars == 0
    assert ledger.spent == call.cost + good.cost


async def test_money_may_run_out_between_two_tries(serve, client_of, prompt):
    """Each try needs its own room in the budget: without it the request is not sent again."""
    server = await serve(Delivered(sent=0.5))
    ledger = Ledger(Limit(tokens=500))
    (call,) = await client_of(server.url, tries=5, ledger=ledger).ask(prompt)
    assert call.failure.kind == "over-budget"
    assert len(server.questions) == 2
    assert call.tries == 3
    assert Cost() != call.cost == ledger.spent
    assert ledger.spent.tokens <= 500


async def test_whoever_waits_holds_nobody_up(serve, client_of, prompt, monkeypatch):
    """A request that waits to be sent again takes no place among those under way."""
    second_is_done = anyio.Event()

    async def nap(_seconds):
        await second_is_done.wait()

    monkeypatch.setattr("stamina._core._smart_sleep", nap)
    server = await serve(in_turn(Rejected("rate-limited"), ["an answer"]))
    client = client_of(server.url, tries=2, concurrency=1)
    calls = []

    async def first():
        calls.extend(await client.ask(prompt))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(first)
            while not server.questions or server.at_once:
                await anyio.lowlevel.checkpoint()
            await client.ask(prompt)
            second_is_done.set()
    assert [call.tries for call in calls] == [2]
