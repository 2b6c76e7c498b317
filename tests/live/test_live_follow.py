"""A run followed while it grows: whatever is done to its journal, what is shown is what it says."""

import os
import time
import tracemalloc

import pytest
from fake_batch import FakeBatch, digest, hour
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from looking import looked, small, view_of

from proofagent.errors import UsageError
from proofagent.live.follow import Follower
from proofagent.runs.journal import NAME, Began, Ended, Lost, read_events
from proofagent.runs.progress import Progress


@pytest.fixture
def batch(folder):
    batch = FakeBatch(folder, total=10, at=time.time() - 600)
    yield batch
    batch.close()


def test_an_empty_journal_is_a_run_that_has_not_begun(folder):
    """And one whose first line is not there yet."""
    folder.mkdir()
    (folder / NAME).write_bytes(b"")
    follower = looked(folder)
    assert follower.now().state == "not-begun"
    (folder / NAME).write_bytes(b'{"event":"star')
    follower.look()
    assert (follower.now().state, follower.trouble) == ("not-begun", "")


@pytest.mark.parametrize("make", [lambda _: None, lambda folder: folder.mkdir(), lambda folder: folder.write_text("x")])
def test_what_is_no_run_is_refused(folder, make):
    """In one line that names it."""
    make(folder)
    with pytest.raises(UsageError, match=r"run: no run of `proofagent batch` \(it has no journal"):
        Follower(folder)


def test_a_last_line_that_is_torn_is_waited_for(batch, folder):
    """Nothing is counted of it before its end is there, and nothing twice then."""
    small(batch)
    path = folder / NAME
    whole = path.read_bytes()
    cut = whole.rindex(b"\n", 0, -1) + 20
    path.write_bytes(whole[:cut])
    follower = looked(folder)
    assert follower.now().solved == 0
    with path.open("ab") as file:
        file.write(whole[cut:-1])
    assert not follower.look()
    assert follower.now().solved == 0
    with path.open("ab") as file:
        file.write(b"\n")
    follower.look()
    assert follower.now().solved == 1
    assert follower.progress == Progress.of(read_events(folder))


def test_a_torn_line_that_whoever_goes_on_takes_away_is_no_new_journal(batch, folder):
    """What was read stays read, and the new process's events follow."""
    small(batch)
    batch.close()
    with (folder / NAME).open("ab") as file:
        file.write(b'{"event":"ended","digest":"' + b"x" * 500)
    follower = looked(folder)
    again = FakeBatch(folder)
    again.known(2)
    again.close()
    follower.look()
    assert follower.now().known == 3
    assert follower.progress == Progress.of(read_events(folder))


def rewrite(path, data):
    path.write_bytes(data)


def replace(path, data):
    other = path.with_name("other")
    other.write_bytes(data)
    other.replace(path)


@pytest.mark.parametrize("put", [rewrite, replace])
@pytest.mark.parametrize("longer", [False, True])
def test_another_journal_in_its_place_is_read_from_its_beginning(batch, folder, tmp_path, put, longer):
    """Rewritten where it stands or put in its place, shorter or longer than the one before."""
    small(batch)
    follower = looked(folder)
    other = FakeBatch(tmp_path / "other", total=7)
    for number in range(30 if longer else 1):
        other.known(number, name=f"other{number}")
    other.close()
    put(folder / NAME, (other.folder / NAME).read_bytes())
    assert follower.look(), "from its beginning"
    follower.look()
    view = follower.now()
    assert (view.known, view.solved, view.attempts, view.calls) == (30 if longer else 1, 0, 0, 0)
    assert follower.progress == Progress.of(read_events(folder))


def test_a_journal_that_is_cut_is_read_anew(batch, folder):
    """As far as it still goes."""
    small(batch)
    follower = looked(folder)
    whole = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(whole[: whole.index(b'"began"')])
    assert follower.look(), "from its beginning"
    follower.look()
    assert (follower.now().known, follower.now().attempts) == (2, 0)


def test_a_line_that_is_no_event_stops_the_reading_and_no_more(batch, folder):
    """What was read stays, the line is named; when it is gone, the rest is read."""
    small(batch)
    path = folder / NAME
    before = path.read_bytes()
    with path.open("ab") as file:
        file.write(b"garbage\n")
    batch.known(5)
    follower = looked(folder)
    for _ in range(2):
        view = follower.now()
        assert f"{path}:{before.count(10) + 1}: no event of version 1" in view.trouble
        assert (view.solved, view.known, view.exit_code) == (1, 2, 2)
        follower.look()
    path.write_bytes(before)
    batch.known(6)
    follower.look()
    assert (follower.trouble, follower.now().known) == ("", 3)


def test_a_journal_that_goes_away_is_named_and_may_come_back(batch, folder):
    """Gone, a folder or a pipe in its place: nothing blocks, and nothing that was read is lost."""
    small(batch)
    follower = looked(folder)
    path, kept = folder / NAME, folder / "kept"
    path.rename(kept)
    others = (lambda: None, "No such"), (path.mkdir, "not a regular"), (lambda: os.mkfifo(path), "not a regular")
    for make, said in others:
        make()
        assert not follower.look()
        assert said in follower.trouble
        assert follower.now().solved == 1
        if path.exists():
            path.rmdir() if path.is_dir() else path.unlink()
    kept.rename(path)
    follower.look()
    assert (follower.trouble, follower.now().solved) == ("", 1)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The bytes of a run of forty goals, with names that are more than ASCII."""
    folder = tmp_path_factory.mktemp("recorded") / "run"
    batch = hour(folder, 40, beat=False)
    batch.known(99, name="é𝔸 \u2028 ⊢")
    batch.begin(99)
    batch.close()
    again = FakeBatch(folder)
    again.begin(99)
    again.lose(99)
    again.stop("out-of-time")
    return (folder / NAME).read_bytes(), Progress.of(read_events(folder)), looked(folder).now()


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_pieces_it_comes_in_the_progress_is_the_same(recorded, tmp_path_factory, data):
    """Any split of the bytes into appends, with looks between, comes to what reading it in one go does."""
    whole, progress, view = recorded
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=12).map(sorted))
    folder = tmp_path_factory.mktemp("pieces")
    path = folder / NAME
    path.write_bytes(b"")
    follower = Follower(folder)
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        with path.open("ab") as file:
            file.write(whole[start:end])
        follower.look()
    assert follower.progress == progress
    assert follower.now() == view.model_copy(update={"run": str(folder)})
    assert follower.now().outcomes == dict(sorted(progress.outcomes().items()))
    assert follower.now().lost == sum(standing.lost for standing in progress.standings.values())


def test_two_hundred_thousand_events_take_constant_memory(folder):
    """What is kept is of the size of the goals, not of the journal; and it is read in pieces, of a bounded time."""
    batch = FakeBatch(folder, at=1e9)
    for number in range(50):
        batch.known(number)
    batch.begin(0)
    batch.end(0, "unproved")
    batch.close()
    *_, ended = read_events(folder)
    began = Began(at=1e9, digest="DIGEST", seconds=5.0, attempt="ATTEMPT")
    lost = Lost(at=1e9, digest="DIGEST", attempt="ATTEMPT", why="killed")
    ended = ended.model_copy(update={"at": 1e9, "digest": "DIGEST", "attempt": "ATTEMPT"})
    often, rarely = (
        f"{began.model_dump_json()}\n{event.model_dump_json()}\n".replace('"at":1000000000.0', '"at":AT')
        for event in (lost, ended)
    )
    with (folder / NAME).open("a", encoding="utf-8") as file:
        for number in range(100_000):
            text = often if number % 20 else rarely
            text = text.replace("DIGEST", digest(number % 50)).replace("ATTEMPT", str(number))
            file.write(text.replace("AT", str(1e9 + number)))
            if number == 75_000:
                follower = looked(folder)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        looks = 1
        while follower.look():
            looks += 1
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    view = follower.now()
    assert (view.attempts, view.lost, view.elapsed) == (5_001, 95_000, 99_999)
    assert looks > 1
    assert after - before < 1 << 20
    assert peak - before < 16 << 20


def test_an_attempt_that_is_told_of_twice_counts_once(batch, folder):
    """As it does for the batch itself."""
    batch.known(0)
    batch.begin(0)
    batch.end(0, "unproved")
    ended = next(event for event in read_events(folder) if isinstance(event, Ended))
    batch.write(ended)
    assert view_of(folder).attempts == 1


def test_a_statement_is_found_in_the_journal(batch, folder):
    """Where it was when it was read; where something else stands now, there is none."""
    small(batch)
    follower = looked(folder)
    assert follower.statement(digest(1)).startswith("theorem Core.List.t1 (xs ys")
    assert follower.statement("nothing") == ""
    (folder / NAME).write_bytes(b"x" * (folder / NAME).stat().st_size)
    assert follower.statement(digest(1)) == ""
    (folder / NAME).unlink()
    assert follower.statement(digest(1)) == ""
