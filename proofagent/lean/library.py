"""Declarations of compiled modules, found by name: of hundreds of files only the few are opened that are asked of.

Which file has which name stands in an index, a SQLite database in the cache folder that every process may use and
that is made where it is missing (some seconds for all of `Init`). It is believed in nothing: a place that it names is
read and has to hold the declaration of that name, a file that has changed since is read again, and an index that
cannot be used is thrown away.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from proofagent.errors import OleanError
from proofagent.lean.closure import module_file
from proofagent.lean.embedded.package import cache_folder
from proofagent.lean.olean import Constant, Kind, Shelf

FILE = "declarations-2.sqlite"
_BUSY_SECONDS = 30.0
_BUSY = sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED
_AT_ONCE = 200
"""Files whose names are written in one transaction: others wait no longer than for these."""
_TABLES = """
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, stamp TEXT NOT NULL,
    UNIQUE (path, stamp));
CREATE TABLE IF NOT EXISTS places (
    name TEXT NOT NULL, file INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (name, file)
) WITHOUT ROWID;
"""
# A file that has changed is another file: its old number, with its old places, is nobody's any more.

_UNUSABLE = (sqlite3.Error, OSError, TypeError, ValueError, OverflowError)


class Library:
    """What the modules of one import closure declare. Not safe for two threads at once."""

    def __init__(self, paths: Sequence[Path], index: Path | None) -> None:
        self._paths, self._index = paths, index
        self._shelves: dict[int, Shelf] = {}
        self._known: dict[str, Constant | None] = {}
        self.without_proofs: set[str] = set()
        """Theorems that were found with their proofs and are given by their types alone: see `find`."""
        try:
            self._database, self._files = _indexed(index, paths)
        except _UNUSABLE as error:
            self._database, self._files = self._afresh(error)

    @classmethod
    def open(cls, libraries: Sequence[Path], modules: Iterable[str], index: Path | None = None) -> Self:
        """The library of `modules`, each in the first of `libraries` that has it; `index` instead of the cache's.

        Raises `EngineRefused` where a module does not exist, and `OleanError` where one cannot be read.
        """
        paths = [module_file(libraries, module).absolute() for module in modules]
        return cls(paths, index or cache_folder() / FILE)

    def find(self, name: str) -> Constant | None:
        """The constant `name`, where there is one; a theorem is an axiom, unless its module shows few proofs.

        A file of Lean's module system has the proofs in it that others need for computing, and those are kept. Other
        files have all, and following them would lead through the whole library. Raises `OleanError`.
        """
        if name not in self._known:
            try:
                self._known[name] = self._read(name)
            except (*_UNUSABLE, OleanError) as error:
                if self._index is None:
                    raise
                self.close()
                self._database, self._files = self._afresh(error)
                self._shelves.clear()
                self._known[name] = self._read(name)
        return self._known[name]

    def close(self) -> None:
        self._database.close()

    def _read(self, name: str) -> Constant | None:
        for file, place in self._database.execute("SELECT file, place FROM places WHERE name = ?", [name]):
            if file in self._files:
                if (shelf := self._shelves.get(file)) is None:
                    shelf = self._shelves[file] = Shelf(self._files[file])
                constant = shelf.constant(place)
                if str(constant.name) != name:
                    raise OleanError(f"{self._files[file]} has {constant.name} where the index says {name}")
                if constant.kind is not Kind.THEOREM or shelf.is_module:
                    return constant
                self.without_proofs.add(name)
                return replace(constant, kind=Kind.AXIOM, value=None, all=())
        return None

    def _afresh(self, error: Exception) -> tuple[sqlite3.Connection, dict[int, Path]]:
        """An index in memory, for this time; one on disk that is no good is made anew by whoever comes next.

        Raises `OleanError` where that cannot be, either.
        """
        # An index that others keep busy is theirs.
        if self._index is not None and getattr(error, "sqlite_errorcode", 0) & 0xFF not in _BUSY:
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(OSError):
                    Path(f"{self._index}{end}").unlink(missing_ok=True)
        self._index = None
        try:
            return _indexed(None, self._paths)
        except _UNUSABLE as again:
            raise OleanError(f"the names of the library's declarations cannot be read: {again}") from again


def _indexed(index: Path | None, paths: Iterable[Path]) -> tuple[sqlite3.Connection, dict[int, Path]]:
    """The index, which has all files afterwards as they are now, and the files by their number there."""
    if index is not None:
        index.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(
        index or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        if index is not None:
            database.execute("PRAGMA journal_mode = WAL")
        database.executescript(_TABLES)
        files = {(path, stamp): number for number, path, stamp in database.execute("SELECT id, path, stamp FROM files")}
        stamps = [(path, _stamp(path)) for path in paths]
        new = [(path, stamp) for path, stamp in stamps if (str(path), stamp) not in files]
        for first in range(0, len(new), _AT_ONCE):
            _add(database, [(path, stamp, Shelf(path).places()) for path, stamp in new[first : first + _AT_ONCE]])
        if new:
            found = database.execute("SELECT id, path, stamp FROM files")
            files = {(path, stamp): number for number, path, stamp in found}
        return database, {files[str(path), stamp]: path for path, stamp in stamps}
    except BaseException:
        database.close()
        raise


def _add(database: sqlite3.Connection, read: Iterable[tuple[Path, str, dict[str, int]]]) -> None:
    with contextlib.closing(database.cursor()) as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        for path, stamp, places in read:
            cursor.execute("INSERT OR IGNORE INTO files (path, stamp) VALUES (?, ?)", [str(path), stamp])
            if cursor.rowcount:  # otherwise another process has been here meanwhile
                number = cursor.lastrowid
                rows = [(name, number, at) for name, at in places.items()]
                cursor.executemany("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", rows)
        cursor.execute("COMMIT")


def _stamp(path: Path) -> str:
    """What changes when a file does."""
    try:
        status = path.stat()
    except OSError as error:
        raise OleanError(f"{path}: {error.strerror or error}") from error
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
