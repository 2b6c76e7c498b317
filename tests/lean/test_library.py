"""Declarations of the library are found by name, through an index that is believed in nothing."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from proofagent.errors import EngineRefused, OleanError
from proofagent.lean import library as library_module
from proofagent.lean.library import Library

MODULES = ("Init.Prelude", "Init.Core")
pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("library")]


@pytest.fixture
def folder(installation, tmp_path):
    """A copy of two modules of the library, which a test may spoil."""
    for module in MODULES:
        target = tmp_path / "lib" / f"{module.replace('.', '/')}.olean"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(installation.library / f"{module.replace('.', '/')}.olean", target)
    return tmp_path / "lib"


def names(library, *asked):
    found = [library.find(name) for name in asked]
    library.close()
    return [constant and str(constant.name) for constant in found]


def test_a_declaration_is_found_in_whichever_module_has_it(folder, tmp_path):
    """The second time too, when the index is read and not made; what is nowhere is None."""
    for _ in range(2):
        library = Library.open((folder,), MODULES, tmp_path / "index.sqlite")
        assert names(library, "Nat.add", "Function.comp", "id", "Nat.nope") == ["Nat.add", "Function.comp", "id", None]


def test_a_module_that_is_not_imported_has_nothing(folder, tmp_path):
    """The index knows files of other imports, and they are not asked."""
    Library.open((folder,), MODULES, tmp_path / "index.sqlite").close()
    library = Library.open((folder,), MODULES[:1], tmp_path / "index.sqlite")
    assert names(library, "Nat.add", "Function.Injective", "Iff.symm") == ["Nat.add", None, None]


def test_a_module_that_does_not_exist_is_said(folder, tmp_path):
    """As an import of it would be."""
    with pytest.raises((EngineRefused, OleanError)):
        Library.open((folder,), ("Init.Nope",), tmp_path / "index.sqlite")


def test_a_file_that_has_changed_is_read_again(folder, tmp_path):
    """Its old places mean nothing any more."""
    Library.open((folder,), MODULES, tmp_path / "index.sqlite").close()
    one, other = (folder / "Init" / f"{name}.olean" for name in ("Prelude", "Core"))
    one.unlink()
    shutil.copy(other, one)
    library = Library.open((folder,), MODULES[:1], tmp_path / "index.sqlite")
    assert names(library, "Nat.add", "Iff.symm") == [None, "Iff.symm"]


def test_an_index_that_lies_is_found_out(folder, tmp_path):
    """The place of another declaration is no answer; the index is made anew, and the question answered."""
    index = tmp_path / "index.sqlite"
    Library.open((folder,), MODULES, index).close()
    with sqlite3.connect(index) as database:
        database.execute(
            "UPDATE places SET place = (SELECT place FROM places WHERE name = 'Nat.mul') WHERE name = 'Nat.add'"
        )
    database.close()
    for _ in range(2):
        assert names(Library.open((folder,), MODULES, index), "Nat.add") == ["Nat.add"]


def test_an_index_that_others_keep_busy_is_left_to_them(folder, tmp_path, monkeypatch):
    """Everything is found without it, and it is there afterwards."""
    monkeypatch.setattr(library_module, "_BUSY_SECONDS", 0.1)
    index = tmp_path / "index.sqlite"
    Library.open((folder,), MODULES[:1], index).close()
    with closing(sqlite3.connect(index, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert names(Library.open((folder,), MODULES, index), "Nat.add", "Iff.symm") == ["Nat.add", "Iff.symm"]
        other.execute("ROLLBACK")
    with closing(sqlite3.connect(index)) as other:
        assert other.execute("SELECT count(*) FROM places WHERE name = 'Nat.add'").fetchone() == (1,)


def test_a_file_that_is_damaged_is_said_with_or_without_an_index(folder, tmp_path):
    """What is wrong with the library itself no other index mends."""
    damaged = folder / "Init" / "Prelude.olean"
    damaged.write_bytes(damaged.read_bytes()[:1000])
    with pytest.raises(OleanError):
        Library.open((folder,), MODULES, tmp_path / "index.sqlite").find("Nat.add")


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_an_index_that_is_damaged_or_out_of_reach_costs_time_and_nothing_else(folder, tmp_path, damage):
    """Everything is found without it."""
    index = tmp_path / "index.sqlite"
    index.write_bytes(damage)
    assert names(Library.open((folder,), MODULES, index), "Nat.add") == ["Nat.add"]
    assert names(Library.open((folder,), MODULES, tmp_path / "index.sqlite" / "below"), "Nat.add") == ["Nat.add"]
    (tmp_path / "folder").mkdir()
    assert names(Library.open((folder,), MODULES, tmp_path / "folder"), "Nat.add") == ["Nat.add"]


def test_a_page_that_is_damaged_or_holds_what_it_must_not_costs_time_and_nothing_else(folder, tmp_path):
    """What is found wrong at the first question is made anew, in memory and then on disk."""
    index = tmp_path / "index.sqlite"
    for damage in ("UPDATE places SET place = 'x'", "UPDATE places SET place = -5"):
        Library.open((folder,), MODULES, index).close()
        with sqlite3.connect(index) as database:
            database.execute(damage)
        database.close()
        found = Library.open((folder,), MODULES, index)
        assert names(found, "Nat.add", "id") == ["Nat.add", "id"]
        index.unlink(missing_ok=True)
    Library.open((folder,), MODULES, index).close()
    pages = bytearray(index.read_bytes())
    pages[8192:] = b"\xff" * (len(pages) - 8192)
    index.write_bytes(pages)
    assert names(Library.open((folder,), MODULES, index), "Nat.add") == ["Nat.add"]


def test_two_who_make_the_index_at_the_same_time_find_everything(folder, tmp_path):
    """Neither takes away what the other has found."""
    index = tmp_path / "index.sqlite"
    with ThreadPoolExecutor(4) as many:
        libraries = list(many.map(lambda _: Library.open((folder,), MODULES, index), range(8)))
    assert [names(library, "Nat.add", "Function.comp") for library in libraries] == [["Nat.add", "Function.comp"]] * 8
    with sqlite3.connect(index) as database:
        assert database.execute("SELECT count(*) FROM files").fetchone() == (2,)
    database.close()
