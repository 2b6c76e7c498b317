"""What is said of a run: its state, its pace, how long it takes, and what is at work."""

import time

import pytest
from fake_batch import CONFIG, FakeBatch, digest
from hypothesis import given
from hypothesis import strategies as st
from looking import looked, small, view_of

from proofagent.live.pace import Curve, Recent
from proofagent.live.view import View
from proofagent.runs.journal import NAME, Began, Journal
from proofagent.runs.live import end_live


@pytest.fixture
def batch(folder):
    batch = FakeBatch(folder, total=10, at=time.time() - 600)
    yield batch
    batch.close()


def test_a_view_says_how_a_run_stands(batch, folder):
    """Outcomes, cost, what is at work and what was proved last, from the journal and the heartbeat."""
    small(batch)
    batch.beat()
    view = view_of(folder)
    assert (view.state, view.run, view.source, view.engine) == ("running", str(folder), "goals.jsonl", "embedded")
    assert (view.outcomes, view.solved, view.known, view.total) == ({"open": 1, "proved": 1}, 1, 2, 10)
    assert (view.attempts, view.lost, view.calls, view.tokens, view.cost.dollars) == (2, 0, 1, 1000, 0.0123)
    assert (view.round, view.rounds, view.at_work) == (1, 3, 1)
    (working,) = view.working
    assert (working.name, working.budget_seconds, working.path[0]) == ("Core.List.t1", 10.0, "induction xs")
    assert [worker.replaced for worker in view.workers] == [0, 1]
    (latest,) = view.latest
    assert (latest.digest, latest.outcome, latest.seconds) == (digest(0), "proved", 8.0)
    assert latest.proof.startswith("by\n")
    assert view.exit_code == 2


def test_every_state_is_known_for_what_it_is(batch, folder):
    """Begun, at work, gone without a word, taken up again, and ended."""
    assert view_of(folder).state == "gone", "begun ten minutes ago, and no heartbeat since"
    batch.at = time.time()
    batch.known(0)
    assert view_of(folder).state == "not-begun"
    batch.beat(at=time.time() - 60)
    view = view_of(folder)
    assert (view.state, view.over, view.working, view.workers) == ("gone", True, (), ())
    batch.beat()
    assert view_of(folder).state == "running"
    batch.stop("interrupted")
    view = view_of(folder)
    assert (view.state, view.why, view.exit_code) == ("stopped", "interrupted", 2)
    again = FakeBatch(folder)
    assert view_of(folder).state == "not-begun"
    again.beat()
    assert view_of(folder).state == "running"
    again.stop("done")
    view = view_of(folder)
    assert (view.why, view.exit_code, view.over) == ("done", 0, True)


def test_the_heartbeat_of_a_process_before_is_no_sign_of_life(batch, folder):
    """A killed batch leaves its last one; whoever goes on has to give one of its own."""
    batch.beat(at=time.time() - 1)
    batch.close()
    again = FakeBatch(folder)
    assert view_of(folder).state == "not-begun"
    again.close()


@pytest.mark.parametrize("wrong", [-5_000, 5_000])
def test_a_clock_that_is_wrong_elsewhere_does_no_harm(folder, wrong):
    """That the heartbeat changes says that somebody is alive, whatever time it tells."""
    batch = FakeBatch(folder, at=time.time() + wrong)
    batch.beat(at=batch.at + 1)
    follower = looked(folder)
    batch.beat(at=batch.at + 2)
    follower.look()
    assert follower.now().state == "running"
    assert follower.now().elapsed == 2.0
    batch.close()


def test_time_between_two_processes_is_no_work(folder):
    """Neither for the time it took nor for how fast it is."""
    batch = FakeBatch(folder, at=1e9)
    batch.known(0)
    batch.at += 100
    batch.begin(0)
    batch.close()
    again = FakeBatch(folder)  # years later, by the true clock
    again.at += 50
    again.begin(0)
    again.at += 10
    again.end(0)
    again.close()
    view = view_of(folder)
    assert view.elapsed == pytest.approx(160, abs=1)
    assert view.curve.solved[-1] == 1
    assert view.lost == 1
    assert view.rate.seconds == pytest.approx(160, abs=1)


def test_the_end_of_a_round_is_foretold_from_this_round_alone(folder):
    """Nothing is said before a few goals of so many have ended; then what is left, without those that are proved."""
    batch = FakeBatch(folder, total=20, at=1e9)
    for number in range(8):
        if number < 3:
            batch.beat(at=batch.at)
            assert view_of(folder).eta is None
        batch.known(number)
        batch.begin(number)
        batch.at += 5
        batch.end(number, "undecided" if number == 1 else "unproved" if number % 2 else "proved")
    batch.beat(at=batch.at)
    follower = looked(folder)
    batch.beat(at=batch.at + 0.001)
    follower.look()
    assert follower.now().eta == pytest.approx(12 * 5, rel=0.01)
    batch.beat(at=batch.at + 0.002, total=0)
    assert view_of(folder).eta is None
    for number in range(8, 20):
        batch.known(number)
        batch.begin(number)
        batch.end(number, "unproved")
    batch.round, batch.seen = 2, 0
    for number in (1, 3, 5):
        batch.begin(number, 10.0)
        batch.beat(at=batch.at)
        follower.look()
        assert follower.now().eta is None, "too early in the round"
        batch.at += 10
        batch.end(number, "unproved")
    batch.beat(at=batch.at, seen=6)
    follower.look()
    assert follower.now().eta == pytest.approx(13 * 10, rel=0.01), "those that are proved take no time"
    batch.close()


@given(st.lists(st.floats(0, 1e8), min_size=1, max_size=60).map(sorted))
def test_a_curve_is_bounded_and_never_falls(times):
    """However long the run: so many steps at most, each knows how many were solved by its end."""
    curve = Curve()
    for number, at in enumerate(times, 1):
        curve.add(at, number)
    model = curve.model()
    assert len(model.solved) <= 240
    assert list(model.solved) == sorted(model.solved)
    for place, solved in enumerate(model.solved):
        assert solved == sum(at < (place + 1) * model.step for at in times)


def test_what_is_long_ago_counts_for_no_pace():
    """Five minutes are looked at, or less where there was less; nothing is said of a few seconds."""
    recent = Recent()
    recent.add(1, solved=True)
    assert recent.rate(5) is None
    assert recent.rate(30).solved_a_minute == 2
    recent.add(1000, solved=False)
    assert recent.rate(1000).model_dump() == {"seconds": 300, "attempts_a_minute": 0.2, "solved_a_minute": 0}


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1e300, 1e300, -5.0])
def test_times_that_are_none_do_no_harm(batch, folder, at):
    """Nothing loops, and the view can be written and read."""
    batch.known(0)
    batch.begin(0)
    begun = batch.at
    batch.at = at
    with (folder / NAME).open("ab") as file:
        file.write(Began(at=at, digest=digest(0), seconds=5.0, attempt="x").model_dump_json().encode() + b"\n")
    batch.at = begun + 1
    batch.end(0)
    batch.beat(at=at)
    follower = looked(folder)
    view = follower.now()
    assert (follower.trouble == "") == (view.solved == 1)
    assert View.model_validate_json(view.model_dump_json()).elapsed <= 2e11


def test_a_view_is_small_whatever_is_at_work(batch, folder):
    """Hundreds of attempts, paths and names without end, proofs of pages and pages."""
    batch.known(0, name="n" * 100_000)
    batch.begin(0)
    batch.end(0, proof="by simp\n" * 100_000)
    batch.begin(1)
    pulse = batch.pulse(1, name="n" * 100_000, path=("t" * 1_000,) * 50, target="g" * 10_000)
    batch.beat(pulses=(pulse,) * 64)
    view = view_of(folder)
    assert len(view.model_dump_json()) < 200_000
    assert view.working[0].left_out == 34
    assert view.latest[0].proof.endswith("…")


def test_a_real_journal_ends_well(folder):
    """Events that no process of a batch has written with a heartbeat are read all the same."""
    journal = Journal.open(folder, CONFIG)
    journal.write(Began(digest="d", seconds=1.0))
    journal.close()
    end_live(folder)
    view = view_of(folder)
    assert (view.known, view.outcomes, view.state) == (1, {"open": 1}, "not-begun")
