"""The `lsp` engine against a language server that misbehaves: a real process, without any Lean.

The ways are those that the issues of other clients of Lean's server tell of (leanclient, lean-lsp-mcp, LeanInteract,
vscode-lean4, lean4 itself), and those that a process has that is broken or hostile. Whatever it does: a text that is
wrong is never "done" without its errors, deadlines hold, another server answers what is asked next, and nothing is
left running.
"""

import gc
import json
import socket
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path

import anyio
import fake_language_server as lean_fake
import psutil
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import example, given
from hypothesis import strategies as st

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.batch import BatchEngine
from proofagent.lean.engine import Header, Identity, Message, Position
from proofagent.lean.lsp import engine as lsp_engine
from proofagent.lean.lsp import server as lsp_server
from proofagent.lean.lsp.diagnostics import PUBLISHED, Listener, _Place, _position
from proofagent.lean.lsp.engine import LspEngine
from proofagent.lean.lsp.wire import Wire
from proofagent.lean.stream import Stream
from proofagent.lean.toolchain import Lean

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(90)]

HEADER = Header((), "-- a header\n")
BODY = "fine\n😀é WRONG\nfine\n"
ERROR = Message("error", "wrong", Position(2, 3), Position(2, 8))
LATER = "fine\n\nWRONG, too"
LATER_ERROR = Message("error", "wrong", Position(3, 0), Position(3, 5))
DEADLINE = 0.5
GRACE = 6.0
"""What stopping takes at most on a machine that others use."""


@pytest.fixture(autouse=True)
def short_calm(monkeypatch):
    """A server has less time to calm down; nobody waits for one that will not."""
    monkeypatch.setattr(lsp_engine, "_CALM_SECONDS", 0.3)


class Fake:
    """A real engine with the fake in place of Lean."""

    def __init__(self, folder, mode, **limits):
        self.folder = folder
        program = folder / "lean"
        script = Path(lean_fake.__file__).resolve()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{script}" {mode} "{folder}" "$@"\n', "utf-8")
        program.chmod(0o755)
        self.lean = Lean(program, **limits)
        self.engine = LspEngine(self.lean, BatchEngine(self.lean, Identity("batch", "4.28.0", "0123456789abcdef")))

    async def ask(self, body=BODY, header=HEADER, deadline=10.0):
        return await self.engine.elaborate(header, body, deadline=deadline)

    def be_honest(self):
        (self.folder / "honest").touch()

    def pids(self):
        file = self.folder / "pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def left(self):
        """The processes that still run, of all that were started."""
        return [pid for pid in self.pids() if runs(pid)]

    async def ended(self):
        """Whether all of them end, soon."""
        for _ in range(100):
            if not self.left():
                return True
            await anyio.sleep(0.02)
        return False

    async def works_on(self):
        """Whether the next texts are answered rightly, by whatever process."""
        self.be_honest()
        assert self.engine.healthy
        assert messages(await self.ask(LATER)) == [LATER_ERROR]
        assert messages(await self.ask("fine")) == []
        assert messages(await self.ask()) == [ERROR]
        return True


def runs(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def messages(outcome):
    assert (outcome.status, outcome.detail) == ("done", "")
    return list(outcome.messages)


@asynccontextmanager
async def fake(folder, mode, **limits):
    """A `Fake` that has elaborated its header; nothing is left running behind it."""
    one = Fake(folder, mode, **limits)
    try:
        yield one
    finally:
        await one.engine.aclose()
        ended = await one.ended()
        for pid in one.left():
            psutil.Process(pid).kill()
    assert ended


@contextmanager
def within(seconds, clock=time.monotonic):
    began = clock()
    yield
    assert clock() - began < seconds


async def test_the_fake_is_taken_for_a_lean(tmp_path):
    """It says its version as Lean does, and finds what is wrong at its place."""
    one = Fake(tmp_path, "ok")
    engine = await LspEngine.start(one.lean)
    assert engine.identity == Identity("lsp", "4.28.0", "0123456789abcdef")
    for _ in range(2):
        assert messages(await engine.elaborate(HEADER, BODY, deadline=10)) == [ERROR]
        assert messages(await engine.elaborate(HEADER, "fine", deadline=10)) == []
    await engine.aclose()
    assert len(one.pids()) == 1
    assert await one.ended()


RIGHT = {
    "ok": "it is honest",
    "stale-before": "lean-lsp-mcp#34, #62, leanclient#28: what is said of the text before the edit comes first",
    "stale-after": "lean-lsp-mcp#62, leanclient#28: and last",
    "stale-errors": "lean-lsp-mcp#70: errors of the text before are none of this one",
    "empty-first": "leanclient#16, #29, #34, lean-lsp-mcp#63: nothing, and that all is done, is said first",
    "slow": "leanclient#33, lean-lsp-mcp#62: nothing is said for a long time",
    "newer": "a version that nobody has sent yet is not this one",
    "of-another": "vscode-lean4#33: other documents, one of which has no version",
    "version-as-text": "the version is no number, but reads as one",
    "twice": "the answer comes again with the next text",
    "other-ids-first": "answers to what nobody has asked",
    "asks": "lean4#4821: the server has requests, one with our own number",
    "asks-much": "the server has ten thousand requests",
    "one-by-one": "lean4#13260: diagnostics come on top of each other",
    "all-again": "lean4#13260: diagnostics are all replaced",
    "stale-on-top": "lean4#13260: what comes on top is that of another version",
    "with-silent": "lean4#7366: what is shown in a margin only is nothing to us",
    "no-severity": "the protocol leaves it to us, and it may be an error",
    "severity-as-text": "the severity is no number, but reads as one",
    "no-full-range": "other servers have none",
    "strange-headers": "letters, spaces and other fields of a header are free",
    "byte-by-byte": "no read gives a whole message",
    "twice-the-keys": "the last one counts",
    "twice-the-length": "the first one counts",
    "noisy": "megabytes on standard error, none of which anybody reads",
    "behind-its-line": "a column behind the end of its line is that end",
}


@pytest.mark.parametrize("mode", RIGHT)
async def test_a_server_may_say_it_in_any_way(tmp_path, mode):
    """What comes before, between and after the answer changes nothing of it, and the server is kept.

    The issue, where there is one, stands in `RIGHT`.
    """
    async with fake(tmp_path, mode) as one:
        (found,) = messages(await one.ask())
        end = Position(2, 8)
        assert (found.severity, found.text, found.start, found.end) == ("error", "wrong", ERROR.start, end)
        assert messages(await one.ask("fine")) == []
        assert len(messages(await one.ask("fine\nWRONG\nWRONG WRONG\n"))) == 2
        assert await one.works_on()
        assert len(one.pids()) == 1


@pytest.mark.parametrize(
    ("mode", "start", "ends"),
    [
        ("cut-range", Position(2, 3), {Position(3, 2)}),  # Lean's `range` is cut, `fullRange` is meant
        ("in-a-pair", Position(2, 0), {Position(2, 8)}),
        ("reversed", Position(2, 8), {Position(2, 8), Position(2, 3)}),
        ("at-the-end", Position(2, 3), {Position(4, 0)}),
    ],
)
async def test_places_that_make_little_sense_cost_no_error(tmp_path, mode, start, ends):
    """In a surrogate pair, reversed, or in the empty line behind the last one: the message is kept."""
    async with fake(tmp_path, mode) as one:
        (message,) = messages(await one.ask())
        assert (message.severity, message.text, message.start) == ("error", "wrong", start)
        assert message.end in ends
        assert await one.works_on()


LOST = {
    # lean-lsp-mcp#84: what nobody can read is no answer
    "no-version": "diagnostics without a version may be of another text",
    "no-diagnostics": "nobody can read them",
    "no-parameters": "nobody can read them",
    "no-range": "nobody can read them",
    "no-text": "nobody can read them",
    "severity-9": "there is no such severity",
    "severity-word": "nobody can read it",
    "negative-line": "no place of the text",
    "negative-column": "no place of the text",
    "behind-the-text": "no place of the text",
    "ends-behind-the-text": "no place of the text",
    "half-a-line": "no place of the text",
    "half-a-pair": "half a surrogate pair is no character",
    "raw-nul": "no JSON",
    "no-utf8": "no JSON",
    # lean-lsp-mcp#181, lean4#9694, and hostility: what is no frame
    "endless-length": "no number",
    "short-length": "the message is cut",
    "long-length": "the message runs into the next one",
    "negative-length": "no length",
    "no-length": "no length",
    "one-line-feed": "a header that ends as the protocol does not",
    "underscored-length": "a number for Python only",
    "foreign-length": "digits of another script",
    "header-flood": "a header that never ends",
    "no-json": "words in place of JSON",
    "no-frame": "words in place of a header",
    "empty": "nothing is no JSON",
    "list": "no object",
    "number": "no object",
    "nested": "brackets without end",
    "long-number": "more digits than a number may have",
    "wrong-error": "an error that is none",
    # lean-lsp-mcp#14, #21, LeanInteract#6, vscode-lean4#175, lean4#12736, #13710: ends
    "exits": "the server ends well in the middle of a request",
    "killed": "the server is killed",
    "hangs-up": "nothing more can come, but the process lives",
    "crash": "the worker crashed, with a note",
    "exit-of-worker": "the worker ended, with a note",
    "changed": "Lean gave the request up",
    "half-message": "the server ends in the middle of a message",
    "half-answer": "some diagnostics, and no answer",
}


@pytest.mark.parametrize("mode", LOST)
async def test_what_nobody_can_read_is_no_answer(tmp_path, mode):
    """The text is lost, with a reason and soon; the next one is answered by a server that is started anew.

    The issue, where there is one, stands in `LOST`.
    """
    async with fake(tmp_path, mode) as one:
        with within(DEADLINE + GRACE):
            outcome = await one.ask()
        assert (outcome.status, outcome.messages) == ("lost", ())
        assert outcome.detail
        assert "Traceback" not in outcome.detail
        assert await one.works_on()
        assert len(one.pids()) == 2


SILENT = {
    "silent": "lean-lsp-mcp#115, lean4#1219, #1642, project-numina/lean-lsp-mcp#10: no answer comes",
    "only-other-ids": "answers with the numbers of other requests, one of them yet to come",
    "only-text-ids": "answers with a text for a number",
    "closes-output": "the process closes its output, but nothing of that is seen",
    "line-feeds": "headers that end as the protocol does not",
    "with-worker": "kimina-lean-server#22: the worker is in a group of its own",
}


@pytest.mark.parametrize("mode", SILENT)
async def test_silence_is_timed_out_when_the_deadline_has_passed(tmp_path, mode):
    """Neither earlier nor much later, and silence is not taken for an answer.

    The issue, where there is one, stands in `SILENT`.
    """
    async with fake(tmp_path, mode) as one:
        assert messages(await one.ask("fine")) == []
        with within(DEADLINE + GRACE):
            outcome = await one.ask(deadline=DEADLINE)
        assert (outcome.status, outcome.messages) == ("timed-out", ())
        assert outcome.seconds >= DEADLINE
        assert await one.works_on()


async def test_a_silent_server_that_calms_down_is_kept(tmp_path):
    """lean-lsp-mcp#115: where the next text is answered no imports are lost."""
    async with fake(tmp_path, "silent") as one:
        assert (await one.ask(deadline=DEADLINE)).status == "timed-out"
        assert await one.works_on()
        assert len(one.pids()) == 1


async def test_silence_about_imports_is_timed_out(tmp_path, monkeypatch):
    """leanclient#34, lean-lsp-mcp#115: a header that never comes to an end is given up, and can be tried again."""
    monkeypatch.setattr(lsp_engine, "_IMPORT_SECONDS", DEADLINE)
    header = Header((), "-- WRONG\n")
    async with fake(tmp_path, "silent") as one:
        with within(DEADLINE + GRACE):
            assert (await one.ask("fine", header)).status == "timed-out"
        with within(DEADLINE + GRACE):
            assert (await one.engine.prepare(header, deadline=DEADLINE)).status == "timed-out"
        assert await one.works_on()


@pytest.mark.parametrize(("mode", "status"), [("crash", "lost"), ("exits", "lost"), ("half-message", "lost")])
async def test_a_worker_that_dies_of_its_imports_has_no_answer(tmp_path, mode, status):
    """lean4#5340, #13710: neither for the header nor for the body; the next one that asks gets another server."""
    header = Header((), "-- WRONG\n")
    async with fake(tmp_path, mode) as one:
        assert (await one.engine.prepare(header, deadline=10)).status == status
        assert (await one.ask("fine", header)).status == status
        one.be_honest()
        assert messages(await one.ask(BODY, header)) == [ERROR]


async def test_a_deadline_of_nothing_costs_no_server(tmp_path):
    """The text is timed out; what was sent of it by then is whole or the server is another one."""
    async with fake(tmp_path, "ok") as one:
        assert (await one.engine.prepare(HEADER, deadline=0)).status == "timed-out"
        for _ in range(3):
            assert (await one.ask(deadline=0)).status == "timed-out"
        assert await one.works_on()


async def test_whoever_gives_up_gets_no_answer_of_another(tmp_path):
    """leanclient#28, lean-lsp-mcp#34: the next caller gets what is said of its own text."""
    async with fake(tmp_path, "slow") as one:
        for body in (BODY, "WRONG"):
            with anyio.move_on_after(0.2) as scope:
                await one.ask(body)
            assert scope.cancelled_caught
        assert messages(await one.ask(LATER)) == [LATER_ERROR]
        assert await one.works_on()


async def test_a_server_that_reads_nothing_holds_no_deadline_up(tmp_path):
    """A text of ten megabytes that is taken in part only is given up, and the server with it."""
    async with fake(tmp_path, "deaf") as one:
        assert (await one.engine.prepare(HEADER, deadline=10)).status == "done"
        with within(DEADLINE + GRACE):
            outcome = await one.ask(BODY + "-" * 10_000_000, deadline=DEADLINE)
        assert (outcome.status, outcome.messages) == ("timed-out", ())
        assert await one.works_on()
        assert len(one.pids()) == 2


async def test_a_message_that_is_announced_is_not_waited_for(tmp_path):
    """One of 300 MB is refused before a byte of it came, and nothing is set aside for it."""
    async with fake(tmp_path, "huge") as one:
        assert (await one.engine.prepare(HEADER, deadline=10)).status == "done"
        gc.collect()
        before = psutil.Process().memory_info().rss
        with within(DEADLINE + GRACE):
            outcome = await one.ask()
        assert (outcome.status, outcome.messages) == ("lost", ())
        assert "256 MB" in outcome.detail
        assert psutil.Process().memory_info().rss - before < 50 << 20
        assert await one.works_on()


async def test_a_long_message_is_read(tmp_path):
    """One of 20 MB is a message as any other."""
    async with fake(tmp_path, "big") as one:
        with within(DEADLINE + GRACE):
            (message,) = messages(await one.ask())
        assert len(message.text) == lean_fake.BIG_BYTES
        assert await one.works_on()


@pytest.mark.parametrize(
    ("mode", "number"),
    [
        ("many", lean_fake.MANY),
        ("many-notices", lean_fake.MANY_NOTICES),
    ],
)
async def test_many_messages_are_read(tmp_path, mode, number):
    """lean4#13260: a hundred thousand at once, or one at a time, take no more each than a fifth as many do."""
    seconds = {}
    for asked, expected in ((f"{mode}/5", number // 5), (mode, number)):
        folder = tmp_path / str(expected)
        folder.mkdir()
        async with fake(folder, asked) as one:
            assert (await one.engine.prepare(HEADER, deadline=10)).status == "done"
            began = time.process_time()
            found = messages(await one.ask(deadline=90))
            seconds[asked] = time.process_time() - began
            assert len(found) == expected
            assert set(found) == {ERROR}
            assert await one.works_on()
    assert seconds[mode] < 5 * 3 * seconds[f"{mode}/5"]


async def test_nul_is_a_character(tmp_path):
    """As an escape in JSON it may stand in a message."""
    async with fake(tmp_path, "nul") as one:
        (message,) = messages(await one.ask())
        assert message.text == "wr\0ong"
        assert await one.works_on()


async def test_a_worker_that_is_gone_without_a_word_is_missed(tmp_path, monkeypatch):
    """vscode-lean4#175, lean4#12736: a watchdog without a worker has no answer, long before the deadline."""
    monkeypatch.setattr(lsp_server, "_WATCH_SECONDS", 0.03)
    async with fake(tmp_path, "worker-killed") as one:
        with within(DEADLINE + GRACE):
            outcome = await one.ask()
        assert (outcome.status, outcome.messages) == ("lost", ())
        assert "no worker" in outcome.detail
        monkeypatch.undo()
        assert await one.works_on()


async def test_a_worker_that_is_restarted_is_not_believed(tmp_path):
    """lean4#5340: after a crash the old watchdog would say wrong things of a text; it is asked no more."""
    async with fake(tmp_path, "worker-restarted") as one:
        outcome = await one.ask()
        assert (outcome.status, outcome.messages) == ("lost", ())
        assert await one.ended()
        assert await one.works_on()


@pytest.mark.parametrize("mode", ["eats", "worker-eats"])
async def test_a_server_that_takes_too_much_memory_is_stopped(tmp_path, mode):
    """lean4#5321, LeanInteract#6: the status says so, and the process is gone."""
    async with fake(tmp_path, mode, resident=200 << 20) as one:
        outcome = await one.ask()
        assert (outcome.status, outcome.messages) == ("out-of-memory", ())
        assert "200 MB" in outcome.detail
        assert await one.ended()
        assert one.engine.memory == 0
        assert await one.works_on()
        assert 0 < one.engine.memory < 200 << 20


async def test_a_server_that_dies_between_two_texts_is_started_again(tmp_path):
    """lean-lsp-mcp#21: nobody writes to one that is gone; at worst one text is lost."""
    async with fake(tmp_path, "dies-between") as one:
        assert (await one.ask("fine")).status in ("done", "lost")
        one.be_honest()
        await anyio.sleep(0.1)
        assert await one.works_on()


@pytest.mark.parametrize(
    ("mode", "status", "words"),
    [
        ("never-greets", "lost", "did not start within 0.4 s"),
        ("greets-error", "lost", "not today"),
        ("greets-garbage", "lost", "no message"),
        ("dies-at-start", "lost", "cannot find the library"),
        ("no-memory-at-start", "out-of-memory", "cannot allocate memory"),
    ],
)
async def test_a_server_that_does_not_greet_is_no_server(tmp_path, monkeypatch, mode, status, words):
    """lean-lsp-mcp#115: the text is lost with what the server said, and the next one starts another."""
    async with fake(tmp_path, mode) as one:
        monkeypatch.setattr(lsp_engine, "_START_SECONDS", 0.4 if mode == "never-greets" else 10.0)
        with within(0.4 + GRACE):
            outcome = await one.ask()
        assert (outcome.status, outcome.messages) == (status, ())
        assert words in outcome.detail
        assert await one.ended()
        monkeypatch.setattr(lsp_engine, "_START_SECONDS", 10.0)
        assert await one.works_on()


@pytest.mark.parametrize("mode", ["slow-start", "asks-at-start"])
async def test_a_server_may_take_its_time_to_greet(tmp_path, mode):
    """The deadline of a text begins when the server has started."""
    async with fake(tmp_path, mode) as one:
        assert messages(await one.ask(deadline=DEADLINE)) == [ERROR]
        assert await one.works_on()
        assert len(one.pids()) == 1


async def test_a_program_that_is_none_is_lost(tmp_path):
    """One that is not there, or cannot be run, is said to be so."""
    async with fake(tmp_path, "ok") as one:
        one.lean.program.chmod(0o644)
        outcome = await one.ask()
        assert (outcome.status, outcome.messages) == ("lost", ())
        assert "cannot be started" in outcome.detail
        one.lean.program.chmod(0o755)
        assert await one.works_on()


async def test_a_closed_engine_leaves_a_caller_without_an_answer(tmp_path):
    """lean4#5296, lean-lsp-mcp#84: whoever waits is told that it is lost, at once."""
    async with fake(tmp_path, "with-worker") as one:
        outcomes = []

        async def ask():
            outcomes.append(await one.ask())

        assert messages(await one.ask("fine")) == []
        with within(GRACE):
            async with anyio.create_task_group() as group:
                group.start_soon(ask)
                await anyio.sleep(0.3)
                await one.engine.aclose()
        assert [(outcome.status, outcome.messages) for outcome in outcomes] == [("lost", ())]
        assert await one.ended()
        assert (await one.ask()).status == "lost"


# --- what a guide may not do: take silence for an answer, stop others, lose words, leave something running


@pytest.mark.parametrize("mode", ["nothing-said", "only-stale", "answers-ahead"])
async def test_an_answer_without_diagnostics_of_the_text_is_none(tmp_path, mode):
    """leanclient#16, #29, #34: Lean publishes something of every version, if only that there is nothing to say."""
    async with fake(tmp_path, mode) as one:
        for body in ("fine", BODY, BODY):
            outcome = await one.ask(body, deadline=DEADLINE)
            assert outcome.status != "done" or outcome.errors or body == "fine"
        assert await one.works_on()


async def test_a_server_that_never_stops_talking_holds_no_deadline_up(tmp_path):
    """lean-lsp-mcp#25: other tasks, and with them the deadline, have their turn while messages come in."""
    async with fake(tmp_path, "flood") as one:
        with within(DEADLINE + GRACE):
            outcome = await one.ask(deadline=DEADLINE)
        assert outcome.status == "timed-out"
        assert await one.works_on()


async def test_what_comes_without_a_pause_leaves_others_their_turn():
    """lean-lsp-mcp#25: deadlines and the watch of memory are tasks too."""
    ours, theirs = socket.socketpair()
    turns = []

    async def count():
        while True:
            turns.append(None)
            await checkpoint()

    with ours, theirs:
        theirs.setblocking(False)
        stream = Stream(ours)
        async with anyio.create_task_group() as group:
            group.start_soon(count)
            await checkpoint()
            for _ in range(10):
                theirs.send(b"x")
                assert await stream.receive() == b"x"
            group.cancel_scope.cancel()
    assert len(turns) > 5


async def test_a_reply_waits_until_the_text_is_sent(tmp_path):
    """lean4#4821: a request of the server that comes while it is being written to breaks no message."""
    async with fake(tmp_path, "asks-early") as one:
        assert (await one.engine.prepare(HEADER, deadline=10)).status == "done"
        assert messages(await one.ask(BODY + "-" * 4_000_000, deadline=5)) == [ERROR]
        assert len(one.pids()) == 1


async def test_a_server_that_asks_much_before_it_reads_is_answered(tmp_path):
    """Neither side waits for the other to read."""
    async with fake(tmp_path, "asks-deafly") as one:
        assert messages(await one.ask(deadline=1.5)) == [ERROR]
        assert len(one.pids()) == 1


@pytest.mark.parametrize(
    ("mode", "status", "words"), [("no-memory", "out-of-memory", "PANIC"), ("half-answer", "lost", "this hurts")]
)
async def test_the_last_words_of_a_server_are_kept(tmp_path, mode, status, words):
    """LeanInteract#6: what it printed before it died says what it died of."""
    async with fake(tmp_path, mode) as one:
        outcome = await one.ask()
        assert words in outcome.detail
        assert (outcome.status, outcome.messages) == (status, ())


async def test_nobody_waits_for_a_server_that_is_lost(tmp_path, monkeypatch):
    """What cannot be understood need not calm down: the text is lost at once, with what the server printed."""
    monkeypatch.setattr(lsp_engine, "_CALM_SECONDS", 9.0)
    async with fake(tmp_path, "last-words") as one:
        with within(6):
            outcome = await one.ask()
        assert outcome.status == "lost"
        assert "last words" in outcome.detail


async def test_the_worker_of_a_server_that_died_is_stopped(tmp_path):
    """lean4#5296, #10052: also one in a group of its own that does not see that its server is gone."""
    async with fake(tmp_path, "orphan") as one:
        assert (await one.ask()).status == "lost"
        assert await one.works_on()


async def test_a_server_that_starts_while_the_engine_is_closed_is_stopped(tmp_path):
    """Whoever waits for its start gets no answer, and nothing is left running."""
    async with fake(tmp_path, "slow-start") as one:
        outcomes = []

        async def ask():
            outcomes.append(await one.ask())

        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.sleep(0.3)
            await one.engine.aclose()
        assert [outcome.status for outcome in outcomes] == ["lost"]
        assert await one.ended()


async def test_a_silent_error_is_an_error(tmp_path):
    """lean4#7366: for `lean` itself a text with one has failed, though it prints nothing."""
    async with fake(tmp_path, "silent-error") as one:
        assert messages(await one.ask()) == [ERROR]


async def test_an_error_at_the_place_of_the_header_is_not_dropped(tmp_path):
    """Where two imports are in conflict, or one is damaged, Lean says so there and elaborates nothing."""
    async with fake(tmp_path, "misplaced") as one:
        with pytest.raises(EngineRefused, match="wrong"):
            await one.ask()


async def test_a_worker_that_was_lost_between_two_texts_is_missed(tmp_path):
    """lean4#5340: what an old watchdog says after it has started another worker is of half of the text."""
    async with fake(tmp_path, "half-text") as one:
        await one.ask("fine")
        await anyio.sleep(0.6)
        outcome = await one.ask()
        assert outcome.status != "done" or outcome.errors


async def test_a_range_that_ends_before_the_body_has_lines_that_count_from_one(tmp_path):
    """A place in front of the body is no place in it."""
    async with fake(tmp_path, "reversed-far") as one:
        (message,) = messages(await one.ask())
        assert message.end.line >= 1


async def test_many_messages_on_a_long_line_hold_no_deadline_up(tmp_path):
    """The work for one message does not grow with the length of its line."""
    async with fake(tmp_path, "long-line") as one:
        assert (await one.engine.prepare(HEADER, deadline=10)).status == "done"
        with within(5, time.process_time):
            outcome = await one.ask(BODY + "é" * 1_000_000 + "\n")
        assert len(outcome.errors) == 5_000


# --- properties

ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\n"))
WHOLE_TEXT = st.text(st.sampled_from("aé😀𝔸\u0301\0\ufeff"), max_size=30) | ANY_TEXT


@given(WHOLE_TEXT, st.data())
def test_utf16_columns_are_code_points_again(line, data):
    """For any line and any place in it; the middle of a pair is the character's beginning."""
    column = data.draw(st.integers(0, len(line)))
    units = len(line[:column].encode("utf-16-le")) // 2
    assert _position(_Place(line=0, character=units), [line]) == Position(1, column)
    if line[column : column + 1] > "\uffff":
        assert _position(_Place(line=0, character=units + 1), [line]) == Position(1, column)


@given(WHOLE_TEXT, st.integers(0, 10**20))
def test_no_column_is_behind_its_line(line, more):
    """Whatever the server says."""
    units = len(line.encode("utf-16-le")) // 2
    assert _position(_Place(line=0, character=units + more), [line]) == Position(1, len(line))


@given(st.text(st.characters(exclude_characters="\n")), st.data())
@example("\ud83d\ude00 x", None)
def test_columns_behind_half_a_pair_are_those_that_lean_counts(line, data):
    """Half a surrogate pair is sent as one other character, and counts as one."""
    column = len(line) if data is None else data.draw(st.integers(0, len(line)))
    sent = line[:column].encode("utf-8", "replace").decode()
    units = len(sent.encode("utf-16-le")) // 2
    assert _position(_Place(line=0, character=units), [line]) == Position(1, column)


@given(st.integers(), st.integers(), WHOLE_TEXT)
def test_a_place_is_in_the_text_or_refused(line, character, text):
    """No number makes a place that is not there."""
    lines = text.split("\n")
    try:
        found = _position(_Place(line=line, character=character), lines)
    except EngineLost:
        return
    assert 1 <= found.line <= len(lines) + 1
    assert 0 <= found.column <= max(map(len, lines))


class Channel:
    """Gives what the server would send, in pieces, and takes whatever is sent to it."""

    def __init__(self, pieces):
        self._pieces = list(pieces)

    async def send(self, _):
        pass

    async def receive(self):
        await checkpoint()
        return self._pieces.pop(0) if self._pieces else b""


def heard(pieces):
    """What a wire hears until its first request is answered."""
    found = []

    async def ask():
        await Wire(Channel(pieces), limit=1 << 20).request([("x", {})], lambda *each: found.append(each))

    anyio.run(ask)
    return found


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | WHOLE_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WHOLE_TEXT, inner, max_size=3),
    max_leaves=5,
)
NOTICES = st.lists(st.tuples(st.sampled_from(["a", "$/é", ""]), VALUES), max_size=5)


@given(NOTICES, st.lists(st.integers(0, 2000)), st.booleans())
def test_messages_may_be_cut_anywhere(notices, cuts, escaped):
    """They are the same however the bytes come."""
    said = [{"method": method, "params": params} for method, params in notices] + [{"id": 1, "result": None}]
    bodies = [json.dumps(each, ensure_ascii=escaped).encode() for each in said]
    data = b"".join(map(lean_fake.framed, bodies))
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < len(data)}), len(data)]
    pieces = [data[begin:end] for begin, end in pairwise(bounds)]
    assert heard(pieces) == heard([data]) == heard([data[at : at + 1] for at in range(len(data))]) == notices


FRAGMENTS = st.sampled_from(
    [b"\r\n\r\n", b"\n\n", b"Content-Length: ", b"content-length:", b"2", b"-1", b"{}", b'{"id":', b"}", b"\0", b":"]
)


@given(st.lists(FRAGMENTS | st.binary(max_size=8), max_size=20))
@example([b"Content-Length: 2\r\n\r\n{}"])
@example([b"Content-Length:\r\n\r\n"])
def test_no_bytes_are_more_than_a_lost_server(pieces):
    """Whatever comes before the server hangs up, a request ends with the one error that says so."""
    with pytest.raises(EngineLost):
        heard([piece for piece in pieces if piece])


DIAGNOSTICS = st.fixed_dictionaries(
    {},
    optional={
        "uri": st.sampled_from(["u", "v", 1]),
        "version": st.sampled_from([1, 2, "1", None, 1.5]),
        "isIncremental": st.booleans() | st.none(),
        "diagnostics": st.lists(
            st.fixed_dictionaries(
                {
                    "range": st.fixed_dictionaries(
                        {
                            name: st.fixed_dictionaries({"line": st.integers(-1, 3), "character": st.integers(-1, 9)})
                            for name in ("start", "end")
                        }
                    ),
                    "message": WHOLE_TEXT,
                },
                optional={"severity": st.integers(-1, 5) | VALUES, "isSilent": st.booleans(), "fullRange": VALUES},
            ),
            max_size=3,
        )
        | VALUES,
    },
)


@given(st.lists(DIAGNOSTICS | VALUES, max_size=4))
def test_no_diagnostics_are_more_than_a_lost_server(published):
    """They are messages at places of the text, or the one error that says that nobody can read them."""
    listener = Listener("u", 1)
    try:
        for each in published:
            listener.hear(PUBLISHED, each)
        found = listener.messages("é😀\nx")
    except EngineLost:
        return
    for message in found:
        assert message.severity in ("info", "warning", "error")
        assert 1 <= message.start.line <= 3
        assert 0 <= message.start.column <= 2
