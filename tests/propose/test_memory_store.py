"""The file of the memory: shared, bounded, and whatever happens to it."""

import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from proofagent.errors import ConfigError, ProofAgentError
from proofagent.propose.memory.abstraction import Abstract, Slot
from proofagent.propose.memory.memory import Memory
from proofagent.propose.memory.steps import MemoryStep
from proofagent.propose.memory.store import FORMAT, Store

HOSTILE = [
    "'); DROP TABLE steps; --",
    'exact "a" ‹0›',
    "nul \0 in it",
    "half \ud800 of a pair",
    "\u2028\x1f\r\n",
    "x" * 100_000,
    "{}[]%s\\",
]


def step(name: str, tactic: str = "omega", **options) -> MemoryStep:
    return MemoryStep(f"digest of {name}", "theorem", ("sf", "tg"), Abstract((tactic,)), **options)


def digests(store: Store) -> list[str]:
    return [row.step.digest.removeprefix("digest of ") for row in store.rows()]


def write_many(path: Path, name: str, count: int) -> None:
    store = Store(path, busy_seconds=60)
    for number in range(count):
        store.add([step(f"{name}{number}")])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "memory.sqlite"


def test_what_is_written_is_read(path):
    """Every part of a step comes back as it was, and its folder is made."""
    slot = Slot("h₀", "_ = _", ("$Nat", "="), in_target=True, position=2)
    whole = MemoryStep("d", "t", ("sx",), Abstract(("exact ", 0, " ", ~0), (slot,), ("n",)), ("Mathlib",), ("f",), "4")
    assert Store(path).add([whole]) == 1
    assert [row.step for row in Store(path).rows()] == [whole]


def test_the_same_counts_once(path):
    """A digest that is there is not added again, by whoever it is brought."""
    assert Store(path).add([step("a"), step("b"), step("a")]) == 2
    assert Store(path).add([step("b"), step("c")]) == 1
    assert digests(Store(path)) == ["a", "b", "c"]


def test_only_later_rows_are_read_again(path):
    """What came after a row that is known is found by its id."""
    store = Store(path)
    store.add([step("a")])
    last = store.rows()[-1].id
    store.add([step("b")])
    assert [row.step.digest for row in store.rows(last)] == ["digest of b"]


def test_uses_and_successes_add_up(path):
    """Counts of several processes are added; a digest that is gone counts nothing."""
    store = Store(path)
    store.add([step("a")])
    store.credit({"digest of a": (3, 1), "digest of x": (1, 1)})
    Store(path).credit({"digest of a": (2, 2)})
    assert [(row.uses, row.successes) for row in store.rows()] == [(5, 3)]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_does_no_harm(path, text):
    """Quotes, NULs, halves of pairs and 100 kB are text: the row comes back or is passed over, and others stay."""
    store = Store(path)
    store.add([step("before"), step("hostile", text), step("after")])
    found = {row.step.digest: row.step for row in store.rows()}
    assert {"digest of before", "digest of after"} <= found.keys()
    assert found.get("digest of hostile", step("hostile", text)) == step("hostile", text)


def test_two_processes_write_at_the_same_time(path):
    """Nobody's rows are lost, though both make the file."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        for work in [processes.submit(write_many, path, name, 200) for name in "ab"]:
            work.result()
    assert sorted(digests(Store(path))) == sorted(f"{name}{number}" for name in "ab" for number in range(200))


def test_a_killed_process_loses_at_most_its_last_transaction(path):
    """What it said was written is there, and the file is whole."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; import test_memory_store as t\n"
        "store = t.Store(Path(sys.argv[1]))\n"
        "for n in range(10**6): store.add([t.step(f'k{n}')]); print(n, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path, Path(__file__).parent], stdout=subprocess.PIPE, text=True
    ) as writer:
        said = [int(writer.stdout.readline()) for _ in range(30)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    found = digests(Store(path))
    assert found[: len(said)] == [f"k{number}" for number in said]
    assert len(found) <= len(said) + 1
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_the_newest_and_the_most_useful_are_kept(path):
    """There are never more rows than the bound; one that helped outlives newer ones."""
    store = Store(path, most=10)
    store.add([step("useful"), step("old")])
    store.credit({"digest of useful": (1, 1)})
    for number in range(30):
        store.add([step(f"n{number}")])
        assert len(store.rows()) <= 10
    assert digests(store) == ["useful", *(f"n{number}" for number in range(21, 30))]


@pytest.mark.parametrize("content", [b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000, b"x"])
def test_a_file_that_is_no_database_is_named(path, content):
    """The error says which file it is and what to do; the file is left as it is."""
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"memory\.sqlite"):
        Store(path)
    assert path.read_bytes() == content


def test_a_file_that_is_damaged_inside_is_named(path):
    """Pages that were overwritten are found when they are read, or the rows are right."""
    Store(path).add([step(f"a{number}", "x" * 500) for number in range(200)])
    content = bytearray(path.read_bytes())
    content[8192:60_000] = b"\xab" * (60_000 - 8192)
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="damaged"):
        Store(path).rows()


@pytest.mark.parametrize(
    ("pragma", "why"), [(f"user_version = {FORMAT + 1}", "newer"), ("application_id = 7", "other")]
)
def test_another_format_or_program_is_refused(path, pragma, why):
    """A file that this version does not understand is not touched."""
    Store(path).add([step("a")])
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA {pragma}")
    db.close()
    with pytest.raises(ConfigError, match=why):
        Store(path)


def test_a_database_of_another_program_is_refused(path):
    """Tables of others get no row of ours."""
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE bookmarks (url)")
    db.close()
    with pytest.raises(ConfigError, match="another program"):
        Store(path)


def test_a_folder_or_no_place_is_refused(tmp_path):
    """What cannot be a file is a wrong setting."""
    with pytest.raises(ConfigError):
        Store(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError):
        Store(tmp_path / "file" / "memory.sqlite")


def test_an_empty_file_is_begun(path):
    """As `touch` makes one, or a process that died at the beginning."""
    path.parent.mkdir()
    path.touch()
    assert Store(path).add([step("a")]) == 1


def test_a_locked_file_is_waited_for_and_then_named(path):
    """Reading goes on meanwhile; a writer gives up after its time, and the memory goes on without the file."""
    store = Store(path, busy_seconds=0.1)
    store.add([step("a")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert digests(store) == ["a"]
    with pytest.raises(ProofAgentError, match="locked"):
        store.add([step("b")])
    memory = Memory(store)
    assert memory.add([step("b")]) == 1
    assert "locked" in memory.broken
    assert memory.rows == 2
    other.close()
    assert store.add([step("b")]) == 1


def test_rows_that_nobody_can_read_are_passed_over(path):
    """Rows of a form that is not known, or with numbers that stand for nothing, do not stop the others."""
    store = Store(path)
    store.add([step("a"), step("b"), step("c"), step("d")])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE steps SET step = '{}' WHERE id = 1")
        db.execute("UPDATE steps SET step = replace(step, '\"omega\"', '3') WHERE id = 2")
        db.execute("UPDATE steps SET step = x'00ff' WHERE id = 3")
    db.close()
    assert digests(store) == ["d"]


READS = """
import os, sys; sys.path[:0] = sys.argv[2:]; import test_memory_store as t
from pathlib import Path
if os.geteuid() == 0:  # who may write everywhere
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
store = t.Store(Path(sys.argv[1]))
print(t.digests(store))
memory = t.Memory(store)
memory.add([t.step("new")]), memory.used("digest of a", worked=True), memory.save()
print(memory.rows, memory.broken)
"""


@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_file_that_can_be_read_only_is_read(folder_mode):
    """Its rows are of use; what is new is kept in the process, and `broken` says why."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "memory.sqlite"
        Store(path).add([step("a")])
        path.chmod(0o444)
        folder.chmod(folder_mode)
        ran = subprocess.run(
            [sys.executable, "-c", READS, path, Path(__file__).parent], check=False, capture_output=True, text=True
        )
        folder.chmod(0o755)
    assert ran.returncode == 0, ran.stderr
    rows, broken = ran.stdout.splitlines()
    assert rows == "['a']"
    assert broken.startswith("2 the memory")
    assert "readonly" in broken


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


def test_a_full_disk_loses_nothing_that_was_there(path):
    """A write that does not fit is an error with the file's name, all or nothing; the rows before it stay."""
    Store(path).add([step("a")])
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; import test_memory_store as t; from pathlib import Path\n"
        "t._small_files(); memory = t.Memory(t.Store(Path(sys.argv[1])))\n"
        "memory.add([t.step(f'b{n}', 'x' * 1000) for n in range(500)]); print(memory.rows, memory.broken)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, path, Path(__file__).parent], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"501 the memory {path}")
    assert digests(Store(path)) == ["a"]


def test_a_call_at_the_bound_is_fast(path):
    """Twenty thousand rows are no reason to wait."""
    store = Store(path)
    store.add([step(str(number)) for number in range(20_000)])
    began = time.monotonic()
    store.add([step("one more")])
    assert time.monotonic() - began < 10
    assert len(store.rows()) <= 20_000
