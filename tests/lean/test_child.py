"""The supervisor of child processes against a real child that misbehaves on request."""

import json
import os
import re
import subprocess
import sys

import anyio
import anyio.lowlevel
import psutil
import pytest

from proofagent.errors import EngineLost
from proofagent.lean import child as module
from proofagent.lean.child import Child, open_process
from proofagent.testing import misbehaving

pytestmark = pytest.mark.anyio

IMPORT = {"op": "import", "modules": ["Init"]}


@pytest.fixture
async def start():
    """Starts the fake in a mode; every child is closed at the end and must have left nothing behind."""
    children = []

    async def start(mode, *, deadline=20.0, limit=8 << 20):
        child = await Child.start(misbehaving.command(mode), environment={}, deadline=deadline, reply_limit=limit)
        children.append(child)
        return child

    files = psutil.Process().num_fds()
    yield start
    for child in children:
        await child.aclose()
        await child.aclose()
    assert not psutil.Process().children(recursive=True)
    assert not module._running
    assert psutil.Process().num_fds() <= files


async def test_replies_arrive_in_turn(start):
    """A good child answers each request with the reply of the same number."""
    child = await start("ok")
    for number in (1, 2, 3):
        reply = json.loads(await child.request(IMPORT, deadline=10))
        assert (reply["id"], reply["state"]) == (number, number)
    assert child.alive


async def test_a_big_request_and_its_reply_pass(start):
    """Megabytes go both ways, whatever the socket's buffer holds."""
    child = await start("ok")
    await child.request(IMPORT, deadline=10)
    source = "ü" * 1_000_000 + "\n" + "example : 1 = 2 := rfl\n" * 50
    reply = json.loads(await child.request({"op": "elaborate", "state": 1, "source": source}, deadline=30))
    assert len(reply["messages"]) == 50


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("never-greets", "did not start within 0.5 s"),
        ("greets-half", "did not start within 0.5 s"),
        ("greets-garbage", "not JSON"),
        ("greets-nested", "not JSON"),
        ("greets-list", "another protocol"),
        ("other-protocol", "another protocol"),
        ("exits", "died"),
    ],
)
async def test_a_bad_greeting_ends_the_start(start, mode, says):
    """Whoever does not greet as agreed is killed and reported."""
    deadline = 0.5 if "0.5" in says else 20.0
    with pytest.raises(EngineLost, match=says):
        await start(mode, deadline=deadline)


async def test_the_output_of_a_failed_start_is_kept(start):
    """What a child printed before it ended is in the error."""
    with pytest.raises(EngineLost) as caught:
        await start("exits")
    assert caught.value.detail == "this one never even started"


async def test_a_program_that_does_not_exist_cannot_be_started():
    """A command that cannot run is an error that names it."""
    with pytest.raises(EngineLost, match=r"/nowhere/node cannot be started: No such file"):
        await Child.start(["/nowhere/node"], environment={}, deadline=5)


@pytest.mark.parametrize("mode", ["silent", "stubborn"])
async def test_silence_ends_with_the_deadline(start, mode):
    """A child that does not answer, even one that ignores polite signals, is dead when its deadline passed."""
    child = await start(mode)
    began = anyio.current_time()
    with pytest.raises(TimeoutError):
        await child.request(IMPORT, deadline=0.3)
    assert anyio.current_time() - began < 2.0
    assert not child.alive


async def test_a_slow_reply_within_the_deadline_counts(start):
    """Slowness alone is no fault."""
    child = await start("slow")
    assert b'"state":1' in await child.request(IMPORT, deadline=20)


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("hangs-up", "died"),
        ("half-line", "died"),
        ("dies", "died"),
        ("garbage", "out of turn"),
        ("other-id", "out of turn"),
        ("longer-id", "out of turn"),
        ("huge", "larger than 8 MB"),
    ],
)
async def test_a_bad_reply_ends_the_child(start, mode, says):
    """What is not the reply to this request is never returned."""
    child = await start(mode)
    with pytest.raises(EngineLost, match=says):
        await child.request(IMPORT, deadline=20)
    assert not child.alive


async def test_the_output_of_a_child_that_died_is_kept(start):
    """The last lines that a child printed are attached to the error."""
    child = await start("dies")
    with pytest.raises(EngineLost) as caught:
        await child.request(IMPORT, deadline=20)
    assert caught.value.detail == "this hurts"


async def test_a_second_reply_is_not_taken_for_the_next_one(start):
    """A reply that nobody asked for ends the child at the next request."""
    child = await start("twice")
    await child.request(IMPORT, deadline=20)
    with pytest.raises(EngineLost, match="out of turn"):
        await child.request(IMPORT, deadline=20)


async def test_a_child_that_died_between_requests_is_not_alive(start, await_end):
    """Death is seen without a request; a request then fails at once."""
    child = await start("dies-idle")
    await child.request(IMPORT, deadline=20)
    assert await await_end(child.pid)
    await anyio.sleep(0.1)
    assert not child.alive
    with pytest.raises(EngineLost, match="died"):
        await child.request(IMPORT, deadline=20)


async def test_printed_replies_are_only_ever_output(start):
    """A flood of forged replies on stdout and stderr neither blocks the child nor counts, and the tail stays small."""
    child = await start("floods")
    reply = json.loads(await child.request(IMPORT, deadline=20))
    assert reply["state"] == 1
    await child.aclose()
    assert "xxx" in child.tail
    assert len(child.tail) < 100_000


async def test_grandchildren_end_with_the_child(start, await_end):
    """What a child started goes with it."""
    child = await start("grandchild")
    await child.request(IMPORT, deadline=20)
    while not (found := re.search(r"grandchild (\d+)", child.tail)):
        await anyio.sleep(0.01)
    assert os.getpgid(int(found.group(1))) == child.pid
    await child.aclose()
    assert await await_end(child.pid)


async def test_cancellation_ends_the_child(start):
    """A caller who is cancelled in a request leaves a dead child, not one with a reply under way."""
    child = await start("silent")
    with anyio.move_on_after(0.2) as scope:
        await child.request(IMPORT, deadline=60)
    assert scope.cancelled_caught
    assert not child.alive


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.01, 0.2])
async def test_cancellation_ends_a_start(start, seconds):
    """A start that is cancelled, however early, leaves neither process nor descriptor."""
    with anyio.move_on_after(seconds) as scope:
        await start("never-greets", deadline=60)
    assert scope.cancelled_caught


async def test_closing_ends_a_request(start):
    """Whoever waits for a reply of a child that is closed gets an error at once."""
    child = await start("silent")
    with pytest.raises(ExceptionGroup) as caught:
        async with anyio.create_task_group() as group:

            async def ask():
                await child.request(IMPORT, deadline=60)

            group.start_soon(ask)
            await anyio.sleep(0.2)
            await child.aclose()
    assert caught.group_contains(EngineLost, match="died")


async def test_a_closed_child_takes_no_request(start):
    """After `aclose` a request is an error, not a hang."""
    child = await start("ok")
    await child.aclose()
    with pytest.raises(EngineLost, match="died"):
        await child.request(IMPORT, deadline=60)


async def test_children_do_not_hold_each_others_sockets(start, await_end):
    """Descriptors are not inherited: the end of one child is seen though another was started after it."""
    first = await start("dies-idle")
    await start("ok")
    await first.request(IMPORT, deadline=20)
    with pytest.raises(EngineLost, match="died"):
        await first.request(IMPORT, deadline=5)


async def test_the_environment_is_what_was_given():
    """A child sees no variable of ours."""
    shown = "import os, sys; sys.exit(' '.join(sorted(os.environ)))"
    with pytest.raises(EngineLost) as caught:
        await Child.start([sys.executable, "-I", "-c", shown], environment={"ONE": "1"}, deadline=20)
    assert set(caught.value.detail.split()) <= {"ONE", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}


async def test_a_cancelled_start_leaves_a_process_that_can_be_waited_for():
    """Whoever was cancelled meanwhile has it in hand, and kills it."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        process = await open_process(
            ["sleep", "60"], environment={}, output=subprocess.DEVNULL, errors=subprocess.DEVNULL
        )
    assert process.returncode is None
    process.kill()
    await process.wait()


@pytest.mark.parametrize("turns", range(12))
async def test_a_start_that_is_cancelled_at_any_moment_leaves_nothing(start, turns):
    """However far it has come: no process, no descriptor, no warning when the loop ends."""
    async with anyio.create_task_group() as group:
        group.start_soon(start, "ok")
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert not psutil.Process().children(recursive=True)
