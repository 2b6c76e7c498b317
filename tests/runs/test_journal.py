"""The journal of a batch: what is whole stays, what was cut off is known for it, and one process writes."""

import json
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import proofagent
from proofagent.errors import UsageError
from proofagent.runs.journal import (
    NAME,
    Bad,
    BatchConfig,
    Began,
    Ended,
    Journal,
    JournalError,
    Known,
    Resumed,
    Started,
    read_events,
)
from proofagent.runs.progress import Progress
from proofagent.runs.results import GoalResult

CONFIG = BatchConfig(
    goals="goals.jsonl",
    goals_sha256="0",
    engine="embedded",
    lean="",
    seconds=10.0,
    first_seconds=5.0,
    candidates=100,
    heartbeats=1000,
    strategy="best-first",
    keep=1,
    prefer="mathlib",
)


def result(outcome="proved", seconds=1.0, name="t"):
    return GoalResult(
        name=name, origin="", statement="", digest="d", outcome=outcome, end="complete", seconds=seconds, proof="rfl"
    )


def known(digest="d", name="t"):
    return Known(digest=digest, name=name, origin="", statement="", imports=("Init",), preamble="")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def written(folder, *events, config=CONFIG, force=False):
    journal = Journal.open(folder, config, force=force)
    for event in events:
        journal.write(event)
    journal.close()


def test_events_come_back_as_they_were_written(folder):
    """In their order, with whatever Unicode is in them."""
    events = [known(name="é𝔸\u2028\n"), Began(digest="d", seconds=5.0), Ended(digest="d", seconds=5.0, result=result())]
    written(folder, *events)
    started, *rest = read_events(folder)
    assert isinstance(started, Started)
    assert rest == events


def test_half_a_surrogate_pair_costs_no_event(folder):
    """No file can hold it; the line is there all the same."""
    written(folder, Bad(line=1, message="\ud800"))
    assert [type(event) for event in read_events(folder)] == [Started, Bad]


def test_half_a_surrogate_pair_spoils_nothing_else(folder):
    """Whatever stands beside it, letters that need a pair of their own and what looks like one among them."""
    statement = "theorem t : 𝔸 = '\\ud' \udcff"
    written(folder, known(name="a"), Known(**{**known().model_dump(), "statement": statement}), known(name="b"))
    events = [event for event in read_events(folder) if isinstance(event, Known)]
    assert [event.name for event in events] == ["a", "t", "b"]
    assert events[1].statement == statement.replace("\udcff", "?")


@pytest.mark.parametrize("hole", [b"\0", b"\0" * 5000, b"\0\0{}\n", b'{"event"\0\0\n\n'])
def test_what_a_power_cut_leaves_is_taken_away(folder, hole):
    """Zeros in place of what was not on the disk yet, whole lines after them."""
    written(folder, known(name="a"))
    whole = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(whole + hole)
    written(folder, known(name="b"))
    assert (folder / NAME).read_bytes().startswith(whole)
    assert [event.name for event in read_events(folder) if isinstance(event, Known)] == ["a", "b"]


@pytest.mark.parametrize("cut", [1, 2, 10, 60])
def test_a_last_line_that_was_cut_off_is_taken_away(folder, cut):
    """By whoever goes on; what stood before it is untouched, byte for byte."""
    written(folder, known(), Began(digest="d", seconds=5.0))
    path = folder / NAME
    whole = path.read_bytes()
    end = whole.rindex(b"\n", 0, -1) + 1
    path.write_bytes(whole[:-cut])
    assert [type(event) for event in read_events(folder)] == [Started, Known]
    written(folder)
    assert [type(event) for event in read_events(folder)] == [Started, Known, Resumed]
    assert path.read_bytes().startswith(whole[:end])


@given(st.integers(min_value=0, max_value=2_000))
def test_wherever_a_journal_is_cut_the_events_before_are_read(tmp_path_factory, at):
    """A crash can leave any beginning of what was written."""
    folder = tmp_path_factory.mktemp("cut") / "run"
    written(folder, *(Began(digest=str(number), seconds=1.0) for number in range(20)))
    path = folder / NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:at])
    assert len(list(read_events(folder))) == whole[:at].count(b"\n")
    written(folder)
    assert len(list(read_events(folder))) == whole[:at].count(b"\n") + 1


@pytest.mark.parametrize("line", [b"{}", b"nonsense", b'{"event":"later","at":1}', b"[" * 100_000, b"\xff", b""])
def test_a_whole_line_that_is_no_event_is_an_error(folder, line):
    """It was not cut off, so something else is wrong: nothing is guessed, nothing is written."""
    written(folder, known())
    path = folder / NAME
    with path.open("ab") as file:
        file.write(line + b"\n")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"journal\.jsonl:3: no event of version 1"):
        list(read_events(folder))
    with pytest.raises(JournalError):
        Journal.open(folder, CONFIG)
    assert path.read_bytes() == before


def test_another_configuration_is_refused_and_named(folder):
    """Unless it is forced, which the journal notes; then the new one counts."""
    written(folder)
    other = CONFIG.model_copy(update={"seconds": 20.0, "models": ("a/b",)})
    with pytest.raises(UsageError, match=r"seconds was '10.0', is '20.0'; models was .*--force"):
        Journal.open(folder, other)
    written(folder, config=other, force=True)
    written(folder, config=other)
    changes = [event.changed for event in read_events(folder) if isinstance(event, Resumed)]
    assert changes == [{"seconds": ("10.0", "20.0"), "models": ("()", "('a/b',)")}, {}]
    with pytest.raises(UsageError):
        Journal.open(folder, CONFIG)


def test_two_processes_on_one_run_are_refused(folder):
    """The second one is told; when the first is gone, however, the run is free."""
    package = str(Path(proofagent.__file__).parent.parent)
    program = (
        "import sys; from pathlib import Path; from proofagent.runs.journal import *\n"
        f"journal = Journal.open(Path({str(folder)!r}), BatchConfig.model_validate_json(sys.argv[1]))\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, CONFIG.model_dump_json()]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": package})
    with child:
        assert child.stdout.readline() == b"open\n"
        with pytest.raises(UsageError, match="another process"):
            Journal.open(folder, CONFIG)
        child.kill()
    written(folder)
    assert [type(event) for event in read_events(folder)] == [Started, Resumed]


def test_a_full_disk_is_an_error_and_leaves_whole_lines(folder):
    """A file that may not grow any more stands for it: what could not be written whole is not there."""
    journal = Journal.open(folder, CONFIG)
    journal.write(known())
    size = (folder / NAME).stat().st_size
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, old[1]))
        with pytest.raises(JournalError, match="cannot be written"):
            journal.write(known("other"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert (folder / NAME).stat().st_size == size
    with pytest.raises(JournalError):  # whoever goes on after a loss would hide it
        journal.write(known("third"))
    journal.close()
    written(folder, known("third"))
    assert [event.digest for event in read_events(folder) if isinstance(event, Known)] == ["d", "third"]


@pytest.mark.parametrize("make", [lambda path: path.write_text("x"), lambda path: (path / NAME).mkdir(parents=True)])
def test_a_place_that_is_no_folder_is_an_error(folder, make):
    """It says which, and there is no traceback."""
    make(folder)
    with pytest.raises(JournalError, match="run"):
        Journal.open(folder, CONFIG)


def test_a_long_journal_is_read_in_constant_memory(folder):
    """What is kept does not grow with the number of events."""
    written(folder)
    line = (Began(digest="d", seconds=1.0).model_dump_json() + "\n").encode()
    with (folder / NAME).open("ab") as file:
        file.writelines([line] * 20_000)
    tracemalloc.start()
    assert sum(1 for _ in read_events(folder)) == 20_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 << 20


def test_progress_is_what_the_events_say():
    """Attempts that never ended are lost, not counted as tried; what settles a goal first counts; undecided is open."""
    events = [
        known("a", "a"),
        Began(digest="a", seconds=5.0),
        Ended(digest="a", seconds=5.0, result=result("unproved", 5.0)),
        Began(digest="a", seconds=10.0),
        Resumed(config=CONFIG),
        Began(digest="a", seconds=10.0),
        Ended(digest="a", seconds=10.0, result=result("proved", 3.0)),
        Ended(digest="a", seconds=10.0, result=result("unproved", 1.0)),
        known("b", "b"),
        Ended(digest="b", seconds=5.0, result=result("undecided", 5.0)),
    ]
    progress = Progress.of(events)
    a, b = progress.standings["a"], progress.standings["b"]
    assert (a.outcome, a.tried, a.seconds, a.attempts, a.lost, a.settled) == ("proved", 10.0, 9.0, 3, 1, True)
    assert (b.outcome, b.tried, b.settled) == ("undecided", 0.0, False)
    assert progress.outcomes() == {"proved": 1, "undecided": 1}


def test_the_journal_is_json_lines(folder):
    """For whoever reads it with other tools: an object a line, with `event` and `at`."""
    written(folder, known())
    for line in (folder / NAME).read_text(encoding="utf-8").splitlines():
        assert {"event", "at"} <= json.loads(line).keys()
