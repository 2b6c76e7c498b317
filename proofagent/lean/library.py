"""Declarations of compiled modules, found by name: of hundreds of files only the few are opened that are asked of.

Which file has which name stands in an index, a SQLite database in the cache folder that every process may use and
that is made where it is missing (some seconds for all of `Init`). It is believed in nothing: a place that it names is
read and has to hold the declaration of that name, and a file that has changed since is read again.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from proofagent.errors import OleanError
from proofagent.lean.closure import module_file
from proofagent.lean.embedded.package import cache_folder
from proofagent.lean.olean import Constant, Shelf

FILE = "declarations-1.sqlite"
_BUSY_SECONDS = 30.0
_TABLES = """
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS places (
    name TEXT NOT NULL, file INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (name, file)
) WITHOUT ROWID;
"""


class Library:
    """What the modules of one import closure declare. Not safe for two threads at once."""

    def __init__(self, database: sqlite3.Connection, files: dict[int, Path]) -> None:
        self._database, self._files = database, files
        self._shelves: dict[int, Shelf] = {}
        self._known: dict[str, Constant | None] = {}

    @classmethod
    def open(cls, libraries: Sequence[Path], modules: Iterable[str], index: Path | None = None) -> Self:
        """The library of `modules`, each in the first of `libraries` that has it; `index` instead of the cache's.

        Raises `EngineRefused` where a module does not exist, and `OleanError` where one cannot be read.
        """
        paths = [module_file(libraries, module).absolute() for module in modules]
        try:
            database = _opened(index or cache_folder() / FILE)
            return cls(database, _indexed(database, paths))
        except (OSError, sqlite3.Error):  # a cache that is not there, full, damaged or locked saves no time
            database = _opened(None)
            return cls(database, _indexed(database, paths))

    def find(self, name: str) -> Constant | None:
        """The constant `name`, where there is one. Raises `OleanError`."""
        if name not in self._known:
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
                return constant
        return None


def _opened(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if path is not None:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")  # what is lost is read again
        database.executescript(_TABLES)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _indexed(database: sqlite3.Connection, paths: Iterable[Path]) -> dict[int, Path]:
    """The files by their number in the index, which has all of them afterwards as they are now."""
    known = {path: (number, stamp) for number, path, stamp in database.execute("SELECT id, path, stamp FROM files")}
    found, new = dict[int, Path](), list[tuple[Path, str]]()
    for path in paths:
        number, stamp = known.get(str(path), (0, ""))
        if stamp == (now := _stamp(path)):
            found[number] = path
        else:
            new.append((path, now))
    if new:
        read = [(path, stamp, Shelf(path).places()) for path, stamp in new]
        with contextlib.closing(database.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            for path, stamp, places in read:
                cursor.execute("DELETE FROM places WHERE file = (SELECT id FROM files WHERE path = ?)", [str(path)])
                cursor.execute("INSERT OR REPLACE INTO files (path, stamp) VALUES (?, ?)", [str(path), stamp])
                number = cursor.lastrowid or 0
                cursor.executemany(
                    "INSERT OR REPLACE INTO places VALUES (?, ?, ?)", [(n, number, at) for n, at in places.items()]
                )
                found[number] = path
            cursor.execute("COMMIT")
    return found


def _stamp(path: Path) -> str:
    """What changes when a file does."""
    try:
        status = path.stat()
    except OSError as error:
        raise OleanError(f"{path}: {error.strerror or error}") from error
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
