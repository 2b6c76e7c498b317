"""The file that keeps the memory: one SQLite database, shared by all processes that prove.

Writers wait for each other (`BEGIN IMMEDIATE` with a time-out); a process that dies loses at most the transaction that
it was in (write-ahead log, https://sqlite.org/wal.html). Every call opens the file and closes it again, so that nothing
is held between calls, over a fork, or by a thread. The format has its number in `user_version`, and the program its
mark in `application_id` (https://sqlite.org/pragma.html).
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from proofagent.errors import ConfigError, ProofAgentError
from proofagent.propose.memory.steps import MemoryStep

MOST_ROWS = 20_000
FORMAT = 1
_MARK = 0x70724D65
_HEAD = b"SQLite format 3\0"
_SUCCESS_IS_WORTH = 1_000
"""A row that helped once outlives so many newer ones that did not."""
_SUCCESSES_COUNTED = 20
_TABLE = """
CREATE TABLE IF NOT EXISTS steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    step TEXT NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    successes INTEGER NOT NULL DEFAULT 0,
    time REAL NOT NULL
)
"""
_SPARE = """
DELETE FROM steps WHERE id IN (
    SELECT id FROM steps ORDER BY id + ? * min(successes, ?) DESC, id DESC LIMIT -1 OFFSET ?
)
"""
_STEP = TypeAdapter(MemoryStep)


@dataclass(frozen=True, slots=True)
class Row:
    """A step in the file. `uses` counts how often it was proposed and tried, `successes` how often Lean took it."""

    id: int
    step: MemoryStep
    uses: int = 0
    successes: int = 0


class Store:
    """Rows in the file at `path`, which is made, with its folder, where there is none.

    Raises `ConfigError` where the file cannot be used: damaged, of another program, of a newer format, or out of reach.
    A file that can be read only is no error before something is to be written.
    """

    def __init__(self, path: Path, *, most: int = MOST_ROWS, busy_seconds: float = 5.0) -> None:
        self.path = path
        self.most = most
        self._busy_seconds = busy_seconds
        with self._named_errors(ConfigError):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                self._begin()
            if not may_be_database(path):
                raise sqlite3.DatabaseError("it is no database")
            with self._reading() as db:
                fresh = _is_empty(db)
                self._check(db)
            if fresh:
                self._begin()

    def rows(self, after: int = 0) -> list[Row]:
        """The rows with greater ids than `after`, by id. One that cannot be read is left out: a newer program wrote it.

        Raises `ConfigError` where the file is damaged.
        """
        with self._named_errors(ConfigError), self._reading() as db:
            found = db.execute("SELECT id, step, uses, successes FROM steps WHERE id > ? ORDER BY id", (after,))
            return [row for values in found if (row := _row(*values)) is not None]

    def add(self, steps: Sequence[MemoryStep]) -> int:
        """Add those that are not there, all or none, and give up the least useful of too many rows; how many were new.

        Raises `ProofAgentError` where the file cannot be written: read-only, locked for too long, or no space.
        """
        now = time.time()
        values = [(step.digest, json.dumps(asdict(step)), now) for step in steps]
        with self._named_errors(ProofAgentError), self._writing() as db:
            before = db.total_changes
            db.executemany("INSERT INTO steps (digest, step, time) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", values)
            added = db.total_changes - before
            if db.execute("SELECT count(*) FROM steps").fetchone()[0] > self.most:
                # Some room is made, so that this is not done at every call.
                db.execute(_SPARE, (_SUCCESS_IS_WORTH, _SUCCESSES_COUNTED, self.most - self.most // 50))
        return added

    def credit(self, uses: Mapping[str, tuple[int, int]]) -> None:
        """Count by digest how often steps were used, and with success; errors as `add`."""
        values = [(tried, worked, digest) for digest, (tried, worked) in uses.items()]
        with self._named_errors(ProofAgentError), self._writing() as db:
            db.executemany("UPDATE steps SET uses = uses + ?, successes = successes + ? WHERE digest = ?", values)

    def _begin(self) -> None:
        """Make the table, unless another process has made it meanwhile."""
        with self._connected("rwc") as db:
            with suppress(sqlite3.OperationalError):  # another process is about to do the same
                db.execute("PRAGMA journal_mode = WAL")
            with _transaction(db):
                if _is_empty(db):
                    db.execute(_TABLE)
                    db.execute(f"PRAGMA application_id = {_MARK}")
                    db.execute(f"PRAGMA user_version = {FORMAT}")

    def _check(self, db: sqlite3.Connection) -> None:
        if _is_empty(db):
            return
        mark, version = _pragma(db, "application_id"), _pragma(db, "user_version")
        if mark != _MARK:
            raise ConfigError(f"{self.path} is a database of another program; name another file for the memory")
        if version != FORMAT:
            age = "a newer" if version > FORMAT else "an older"
            raise ConfigError(f"{self.path} was written by {age} version of proofagent; name another file or update")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that changes nothing. Where the folder takes no files either, nobody writes there."""
        with ExitStack() as stack:
            try:
                db = stack.enter_context(self._connected("ro"))
                _pragma(db, "user_version")
            except sqlite3.OperationalError:
                if os.access(self.path.parent, os.W_OK):
                    raise
                db = stack.enter_context(self._connected("ro&immutable=1"))
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._connected("rw") as db:
            self._check(db)
            with _transaction(db):
                yield db

    @contextmanager
    def _connected(self, mode: str) -> Iterator[sqlite3.Connection]:
        uri = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        with closing(sqlite3.connect(uri, uri=True, timeout=self._busy_seconds, isolation_level=None)) as db:
            # What was written outlives the process; the log is brought to the disk when it is merged.
            db.execute("PRAGMA synchronous = NORMAL")
            yield db

    @contextmanager
    def _named_errors(self, kind: type[ProofAgentError]) -> Iterator[None]:
        """Errors as those of the project, with the file and what to do."""
        try:
            yield
        except (sqlite3.OperationalError, OSError, ValueError) as error:
            raise kind(f"the memory {self.path} cannot be used: {error}") from None
        except sqlite3.DatabaseError as error:
            raise kind(f"the memory {self.path} is damaged ({error}); move it away, and a new one is begun") from None


def may_be_database(path: Path) -> bool:
    """Whether there is nothing at `path` yet, or what begins like a database of SQLite; raises `OSError`.

    SQLite itself takes a short text for an empty database, and would write over it.
    """
    if not path.exists():
        return True
    with path.open("rb") as file:
        return file.read(len(_HEAD)) in (b"", _HEAD)


def _is_empty(db: sqlite3.Connection) -> bool:
    return not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. The lock for writing is taken at the beginning: taken later, it may be refused without a wait."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _row(number: int, text: object, uses: int, successes: int) -> Row | None:
    if not isinstance(text, str):
        return None
    try:
        return Row(number, _STEP.validate_json(text), uses, successes)
    except ValidationError:
        return None
