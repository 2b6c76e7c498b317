"""A batch that is killed again and again loses nothing but what was running, and does nothing twice."""

import contextlib
import dataclasses
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

import proofagent
from proofagent.errors import EngineLost, WorkerLost
from proofagent.goals.goal import Goal, HolePosition
from proofagent.goals.loaders import BadLine
from proofagent.llm.ledger import Limit
from proofagent.runs.batch import Batch, rounds
from proofagent.runs.calls import CallModel, CostModel
from proofagent.runs.executors import crew
from proofagent.runs.executors.purse import Purse, left_of
from proofagent.runs.journal import (
    NAME,
    Began,
    Called,
    Charged,
    Ended,
    Journal,
    JournalError,
    Known,
    Lost,
    Resumed,
    Stopped,
    read_events,
)
from proofagent.runs.progress import Progress
from proofagent.types import Budget

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from batch_of_toys import ToyExecutor, ended, goals  # noqa: E402
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


def batch(journal, executor, count=6, **changes):
    fields = {"executor": executor, "goals": lambda: goals(count), "budgets": [Budget(5.0), Budget(10.0)]}
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
    await batch(journal, ToyExecutor(0.01), 12).run()
    tried = Counter(event.digest for event in events_of(journal, Ended))
    names = {event.digest: event.name for event in events_of(journal, Known)}
    again = {names[digest] for digest, count in tried.items() if count == 2}
    assert again == {"t0", "t3", "t9"}
    assert events_of(journal, Stopped)[-1].why == "done"


async def test_bad_lines_and_equal_goals_are_noted_once(journal):
    """However often the source is read."""
    source = [BadLine(3, "nonsense"), *goals(2), *goals(2), BadLine(3, "nonsense")]
    made = batch(journal, ToyExecutor(0.01), goals=lambda: source)
    await made.run()
    await made.run()
    assert len(made.progress.bad) == 1
    assert len(events_of(journal, Known)) == 2
    assert len(events_of(journal, Ended)) == 3  # `t0` needs the second round


async def test_a_batch_that_is_told_to_stop_ends_what_runs(journal):
    """Nothing more is begun, and what was is ended and written."""
    made = batch(journal, ToyExecutor(0.2), 50)
    async with anyio.create_task_group() as group:
        group.start_soon(made.run)
        await anyio.sleep(0.3)
        made.stopping = True
    assert events_of(journal, Stopped)[-1].why == "interrupted"
    assert len(events_of(journal, Began)) == len(events_of(journal, Ended)) < 50


async def test_the_time_of_a_batch_is_kept(journal):
    """What runs then is cut off, and the journal says why."""
    began = time.monotonic()
    await batch(journal, ToyExecutor(40.0), 50, seconds=0.5).run()
    assert time.monotonic() - began < 20
    assert events_of(journal, Stopped)[-1].why == "out-of-time"


class Counting(ToyExecutor):
    """Uses up all candidates that it is given."""

    async def attempt(self, work, hear):
        await anyio.sleep(0.001)
        for goal, attempt in zip(work.goals, work.attempts, strict=True):
            made = ended(goal, attempt, work.budget, "unproved")
            spent = made.result.model_copy(update={"candidates": work.budget.candidates})
            hear(made.model_copy(update={"result": spent}))


@pytest.mark.parametrize(("total", "jobs"), [(1, 3), (120, 3), (1000, 1), (1000, 7)])
async def test_the_candidates_of_a_batch_are_a_hard_limit(journal, total, jobs):
    """Attempts have a share of what is left, and where nothing is, the journal says so."""
    made = batch(journal, Counting(0.0, jobs=jobs), 50, candidates=total)
    await made.run()
    assert made.progress.candidates == total
    assert events_of(journal, Stopped)[-1].why == "out-of-candidates"


async def test_what_was_found_before_a_cancellation_is_written(journal):
    """An attempt that is cut off may have a result."""

    class Found(ToyExecutor):
        async def attempt(self, work, hear):
            try:
                await anyio.sleep(60)
            finally:
                hear(ended(work.goals[0], work.attempts[0], work.budget))

    made = batch(journal, Found(0.0), 1)
    with anyio.move_on_after(0.3):
        await made.run()
    assert [event.result.outcome for event in events_of(journal, Ended)] == ["proved"]


async def test_a_journal_that_cannot_be_written_ends_the_batch(journal, monkeypatch):
    """A result that nobody keeps is worth nothing."""
    made = batch(journal, ToyExecutor(0.01), 50)

    def full(event, durable):
        raise JournalError("no space left")

    async with anyio.create_task_group() as group:
        with pytest.raises(ExceptionGroup) as caught:
            made.changed = lambda event: isinstance(event, Ended) and monkeypatch.setattr(journal, "write", full)
            await made.run()
        group.cancel_scope.cancel()
    assert caught.group_contains(JournalError)


class Losing(ToyExecutor):
    """Loses the worker of an attempt as often as it is told for its goal."""

    def __init__(self, losses):
        super().__init__(0.0)
        self.losses = dict(losses)

    async def attempt(self, work, hear):
        name = work.goals[0].name
        if self.losses.get(name, 0):
            self.losses[name] -= 1
            raise WorkerLost("killed")
        await super().attempt(work, hear)


async def test_a_goal_whose_worker_is_lost_is_tried_again(journal):
    """Under another name, and the loss is in the journal."""
    made = batch(journal, Losing({"t1": 2}), 3)
    await made.run()
    (digest,) = (digest for digest, standing in made.progress.standings.items() if standing.name == "t1")
    standing = made.progress.standings[digest]
    assert (standing.outcome, standing.attempts, standing.lost) == ("proved", 3, 2)
    assert [event.digest for event in events_of(journal, Lost)] == [digest, digest]
    names = [event.attempt for event in events_of(journal, Began)]
    assert len(names) == len(set(names))


async def test_a_goal_that_kills_its_workers_is_given_up(journal):
    """After three, and the others are proved all the same."""
    made = batch(journal, Losing({"t1": 99}), 3)
    await made.run()
    assert made.progress.outcomes() == {"proved": 2, "undecided": 1}
    assert events_of(journal, Stopped)[-1].why == "done"


def test_a_call_and_an_end_count_once(journal):
    """However often they stand in a journal: a worker may have said them twice, or too late."""
    call = CallModel(id="c1", purpose="whole", model="m", prompt=(), cost=CostModel(input_tokens=10, dollars=0.5))
    began = Began(digest="d", seconds=5.0, attempt="a")
    called = Called(digest="d", attempt="a", call=call)
    over = Ended(digest="d", seconds=5.0, attempt="a", result=result(seconds=2.0))
    progress = Progress.of([began, called, called, over, over])
    assert (progress.calls, progress.cost.dollars) == (1, 0.5)
    assert progress.standings["d"].seconds == 2.0


class Together(ToyExecutor):
    """Notes what was worked on together."""

    def __init__(self, outcomes):
        super().__init__(0.0)
        self.seen = []
        self.outcomes = outcomes

    async def attempt(self, work, hear):
        self.seen.append([goal.name for goal in work.goals])
        for goal, attempt, outcome in zip(work.goals, work.attempts, self.outcomes, strict=True):
            hear(ended(goal, attempt, work.budget, outcome))


def hole(place):
    lead = " := by\n" + "  skip\n" * place
    start = 40 + len(lead)
    return Goal("two", "theorem two : p", lead=lead, position=HolePosition("f.lean", start, start + 5, 3 + place, 2))


@pytest.mark.parametrize(
    ("outcomes", "tries"), [(("proved", "proved"), 1), (("partial", "unproved"), 2), (("refuted", "refuted"), 1)]
)
async def test_the_holes_of_a_declaration_are_worked_on_together(journal, outcomes, tries):
    """And again together, as long as one of them is open: a proof of one is worth nothing without the others."""
    executor = Together(outcomes)
    await batch(journal, executor, goals=lambda: [hole(0), hole(1)]).run()
    assert executor.seen == [["two", "two"]] * tries


def test_money_is_shared_and_what_a_lost_worker_had_left_is_not_lost():
    """Never more than the limit together."""
    purse = Purse(Limit(tokens=100, dollars=Decimal(1)), workers=2)
    first, second = purse.part("a"), purse.part("b")
    assert (first.tokens, second.tokens, first.dollars) == (50, 50, Decimal("0.5"))
    purse.called("a", CostModel(input_tokens=20, dollars=0.125))
    purse.charged("a", CostModel(input_tokens=30, dollars=0.125))
    purse.gone("a")
    third = purse.part("c")
    assert (third.tokens, third.dollars) == (20, Decimal("0.375"))
    assert purse.part("d").tokens == 0


@given(
    st.integers(1, 5),
    st.integers(0, 1000),
    st.lists(st.tuples(st.sampled_from(["hire", "lose", "pay"]), st.integers(0, 9), st.integers(0, 300)), max_size=40),
)
def test_a_purse_never_gives_away_what_it_has_not(workers, total, steps):
    """Whatever happens: paid and promised are at most the limit, where workers keep to their parts."""
    purse, parts, paid = Purse(Limit(tokens=total), workers), {}, Counter()
    for number, (step, which, tokens) in enumerate(steps):
        alive = [name for name, part in parts.items() if part is not None]
        if step == "hire" and len(alive) < workers:
            parts[f"w{number}"] = purse.part(f"w{number}").tokens
        elif alive and step == "lose":
            name = alive[which % len(alive)]
            parts[name] = None
            purse.gone(name)
        elif alive:
            name = alive[which % len(alive)]
            spent = min(tokens, parts[name] - paid[name])
            paid[name] += spent
            told = min(spent, which * 30)  # the rest was cut off, and is charged all the same
            purse.called(name, CostModel(input_tokens=told))
            purse.charged(name, CostModel(input_tokens=paid[name]))
        promised = sum(part - paid[name] for name, part in parts.items() if part is not None)
        assert sum(paid.values()) + promised <= total


def test_what_was_spent_before_is_not_there_again():
    """A run that goes on has the rest of its limit, and never less than nothing."""
    left = left_of(
        Limit(tokens=100, dollars=Decimal(1)), CostModel(input_tokens=30, unconfirmed_tokens=10, dollars=3.0)
    )
    assert (left.tokens, left.dollars) == (60, Decimal(0))
    assert left_of(Limit(), CostModel(input_tokens=30)) == Limit()


async def test_a_declaration_is_proved_when_its_last_hole_is(journal):
    """Though its first had a proof in a round before that one, which was worth nothing alone."""

    class Twice(Together):
        async def attempt(self, work, hear):
            self.outcomes = ("proved", "proved") if self.seen else ("partial", "unproved")
            await super().attempt(work, hear)

    made = batch(journal, Twice(()), goals=lambda: [hole(0), hole(1)])
    await made.run()
    assert made.progress.outcomes() == {"proved": 2}


async def test_an_attempt_of_which_nothing_is_said_is_lost(journal):
    """And made again, whatever the executor believes."""

    class Silent(Losing):
        async def attempt(self, work, hear):
            with contextlib.suppress(WorkerLost):
                await super().attempt(work, hear)

    made = batch(journal, Silent({"t1": 1}), 3)
    await made.run()
    assert made.progress.outcomes() == {"proved": 3}
    assert len(events_of(journal, Lost)) == 1


async def test_candidates_that_were_not_used_are_there_for_others(journal):
    """A worker waits for what those that run may leave over."""

    class Frugal(Counting):
        async def attempt(self, work, hear):
            await super().attempt(dataclasses.replace(work, budget=Budget(work.budget.seconds, 5)), hear)

    made = batch(journal, Frugal(0.0, jobs=8), 50, candidates=300, budgets=[Budget(5.0)])
    await made.run()
    assert made.progress.candidates == 250
    assert events_of(journal, Stopped)[-1].why == "done"


def test_what_was_cut_off_is_paid_for():
    """A bench says what it has spent in all; its calls are part of that, and not added to it."""
    call = CallModel(id="c1", purpose="whole", model="m", prompt=(), cost=CostModel(input_tokens=10, dollars=0.5))
    events = [Began(digest="d", seconds=5.0, attempt="a"), Called(digest="d", attempt="a", bench="b", call=call)]
    assert Progress.of(events).cost.dollars == 0.5
    charged = Charged(bench="b", cost=CostModel(input_tokens=10, dollars=0.5, unconfirmed_dollars=0.25))
    other = Charged(bench="c", cost=CostModel(dollars=1.0))
    cost = Progress.of([*events, charged, charged, other]).cost
    assert (cost.dollars, cost.unconfirmed_dollars, cost.input_tokens) == (1.5, 0.25, 10)


class FakeWorker:
    """Proves at once, or is found to be gone."""

    def __init__(self, name, gone=False):
        self.name, self.gone, self.health, self.closed = name, gone, None, False

    async def attempt(self, work, hear):
        if self.gone:
            raise WorkerLost(self.name)
        hear(ended(work.goals[0], work.attempts[0], work.budget))

    async def aclose(self):
        self.closed = True


async def test_where_no_worker_can_be_started_the_batch_ends(journal, monkeypatch):
    """With why, after some tries, and no goal is blamed for it."""
    monkeypatch.setattr(crew, "_MOST_PAUSE_SECONDS", 0.01)
    starts = []

    async def start(name, limit):
        starts.append(name)
        raise WorkerLost("no room")

    with pytest.raises(ExceptionGroup) as caught:
        async with crew.open_crew(start, limit=Limit(), workers=1, jobs=2) as executor:
            await batch(journal, executor, 20).run()
    assert caught.group_contains(EngineLost, match="no room")
    assert 3 <= len(starts) < 10
    assert not events_of(journal, Lost)
    assert not events_of(journal, Ended)


async def test_a_worker_that_died_idle_costs_no_goal(journal):
    """It is replaced before anybody is sent to it."""
    workers = []

    async def start(name, limit):
        workers.append(FakeWorker(name))
        return workers[-1]

    async with crew.open_crew(start, limit=Limit(), workers=3, jobs=3) as executor:
        await batch(journal, executor, 3).run()
        for worker in workers:
            worker.gone = True
        made = batch(journal, executor, 12, progress=Progress.of(read_events(journal.folder)))
        await made.run()
    assert made.progress.outcomes() == {"proved": 12}
    assert not events_of(journal, Lost)
    assert all(worker.closed for worker in workers)


async def test_one_worker_that_cannot_be_replaced_stops_nobody(journal, monkeypatch):
    """The others go on, and the place is tried again and again."""
    monkeypatch.setattr(crew, "_MOST_PAUSE_SECONDS", 0.01)
    names = []

    async def start(name, limit):
        names.append(name)
        if len(names) > 1:
            raise WorkerLost("no room")
        return FakeWorker(name)

    async with crew.open_crew(start, limit=Limit(), workers=2, jobs=2) as executor:
        made = batch(journal, executor, 12)
        await made.run()
    assert made.progress.outcomes() == {"proved": 12}
