"""A batch that is killed again and again loses nothing but what was running, and does nothing twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import anyio
import pytest

import proofagent
from proofagent.goals.loaders import BadLine
from proofagent.runs.batch import Batch, rounds
from proofagent.runs.journal import NAME, Began, Ended, Journal, JournalError, Known, Resumed, Stopped, read_events
from proofagent.runs.progress import Progress
from proofagent.types import Budget

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from batch_of_toys import ToySession, goals  # noqa: E402
from test_journal import CONFIG, result  # noqa: E402

pytestmark = pytest.mark.anyio
COUNT = 60
ROUNDS = 50


def start(folder, count=COUNT, seconds=0.02):
    package = str(Path(proofagent.__file__).parent.parent)
    command = [sys.executable, str(HERE / "batch_of_toys.py"), str(folder), str(count), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, str(HERE)])}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def settled_once(events):
    """Every goal is settled by one attempt at most, and tried with each budget at most once to its end."""
    ended = Counter((event.digest, event.seconds) for event in events if isinstance(event, Ended))
    settling = Counter(e.digest for e in events if isinstance(e, Ended) and e.result.outcome in ("proved", "error"))
    return set(ended.values()) <= {1} and set(settling.values()) <= {1}


@pytest.mark.timeout(400)
def test_fifty_kills_lose_only_what_was_running(tmp_path):
    """At random moments, with SIGKILL; what was written before a kill is there after it, as it was."""
    folder, chance = tmp_path / "run", random.Random(7)
    before = b""
    kills = 0
    while kills < ROUNDS:
        child = start(folder, seconds=0.4)
        # Python takes a while to start: from then on, at any moment.
        deadline = time.monotonic() + 60
        size = len(before)
        while time.monotonic() < deadline and child.poll() is None:
            if (folder / NAME).exists() and (folder / NAME).stat().st_size > size:
                break
            time.sleep(0.005)
        time.sleep(chance.random() * 0.3)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        kills += 1
        now = (folder / NAME).read_bytes()
        whole = before[: before.rfind(b"\n") + 1]
        assert now.startswith(whole)
        before = now
        events = list(read_events(folder))
        assert settled_once(events)
        begun = [event for event in events if isinstance(event, Began)]
        over = [event for event in events if isinstance(event, Ended)]
        assert len(begun) - len(over) <= 3 * kills
    child = start(folder)
    output, _ = child.communicate(timeout=120)
    assert child.returncode == 0, output
    events = list(read_events(folder))
    assert settled_once(events)
    assert isinstance(events[-1], Stopped)
    progress = Progress.of(events)
    assert len(progress.standings) == COUNT
    assert set(progress.outcomes()) == {"proved", "error"}
    assert sum(isinstance(event, Resumed) for event in events) >= ROUNDS - 1


@pytest.fixture
def journal(tmp_path):
    journal = Journal.open(tmp_path / "run", CONFIG)
    yield journal
    journal.close()


def batch(journal, made, count=6, **changes):
    fields = {"jobs": 2, "session": made, "goals": lambda: goals(count), "budgets": [Budget(5.0), Budget(10.0)]}
    return Batch(journal, **{**fields, **changes})


def events_of(journal, kind):
    return [event for event in read_events(journal.folder) if isinstance(event, kind)]


def test_rounds_double_up_to_the_budget():
    """The last is the budget itself, none is shorter than the first."""
    assert [round_.seconds for round_ in rounds(Budget(60.0), 5.0)] == [7.5, 15.0, 30.0, 60.0]
    assert [round_.seconds for round_ in rounds(Budget(60.0), 60.0)] == [60.0]
    assert all(round_.candidates >= 50 for round_ in rounds(Budget(60.0, 60), 1.0))


async def test_every_goal_is_tried_in_rounds_until_it_is_settled(journal):
    """What the first round settles is not in the second."""
    await batch(journal, lambda budget: ToySession(budget, 0.01), 12).run()
    tried = Counter(event.digest for event in events_of(journal, Ended))
    names = {event.digest: event.name for event in events_of(journal, Known)}
    again = {names[digest] for digest, count in tried.items() if count == 2}
    assert again == {"t0", "t3", "t9"}
    assert events_of(journal, Stopped)[-1].why == "done"


async def test_bad_lines_and_equal_goals_are_noted_once(journal):
    """However often the source is read."""
    source = [BadLine(3, "nonsense"), *goals(2), *goals(2), BadLine(3, "nonsense")]
    made = batch(journal, lambda budget: ToySession(budget, 0.01), goals=lambda: source)
    await made.run()
    await made.run()
    assert len(made.progress.bad) == 1
    assert len(events_of(journal, Known)) == 2
    assert len(events_of(journal, Ended)) == 3  # `t0` needs the second round


async def test_a_batch_that_is_told_to_stop_ends_what_runs(journal):
    """Nothing more is begun, and what was is ended and written."""
    made = batch(journal, lambda budget: ToySession(budget, 0.2), 50)
    async with anyio.create_task_group() as group:
        group.start_soon(made.run)
        await anyio.sleep(0.3)
        made.stopping = True
    assert events_of(journal, Stopped)[-1].why == "interrupted"
    assert len(events_of(journal, Began)) == len(events_of(journal, Ended)) < 50


async def test_the_time_of_a_batch_is_kept(journal):
    """What runs then is cut off, and the journal says why."""
    began = time.monotonic()
    await batch(journal, lambda budget: ToySession(budget, 5.0), 50, seconds=0.5).run()
    assert time.monotonic() - began < 3
    assert events_of(journal, Stopped)[-1].why == "out-of-time"


async def test_what_was_found_before_a_cancellation_is_written(journal):
    """A session that is cut off may have a result."""

    class Found(ToySession):
        async def run(self, goals):
            self.results.append(result())
            await anyio.sleep(60)

    made = batch(journal, lambda budget: Found(budget, 0.0), 1)
    with anyio.move_on_after(0.3):
        await made.run()
    assert [event.result.outcome for event in events_of(journal, Ended)] == ["proved"]


async def test_a_journal_that_cannot_be_written_ends_the_batch(journal, monkeypatch):
    """A result that nobody keeps is worth nothing."""
    made = batch(journal, lambda budget: ToySession(budget, 0.01), 50)

    def full(event):
        raise JournalError("no space left")

    async with anyio.create_task_group() as group:
        with pytest.raises(ExceptionGroup) as caught:
            made.changed = lambda event: isinstance(event, Ended) and monkeypatch.setattr(journal, "write", full)
            await made.run()
        group.cancel_scope.cancel()
    assert caught.group_contains(JournalError)
