"""What Lean said of candidates in earlier runs, in a file, so that the same candidate is not elaborated again.

One SQLite database, shared by all processes that shorten (https://sqlite.org/wal.html). It saves time and nothing
else: what an answer of the file leads to is put to the gate like any other text. A run that cannot read or write the
file any more goes on without it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from proofagent.errors import ConfigError
from proofagent.lean.engine import Header, Identity
from proofagent.propose.memory.store import may_be_database

FILE = "minimize.sqlite"
MOST_ROWS = 400_000
_MARK, _FORMAT = 0x70724D6E, 1
_BUSY_SECONDS = 2.0
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    well INTEGER NOT NULL,
    seconds REAL NOT NULL,
    warnings INTEGER NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether Lean took a command, how long it worked on it, and of how much it warns."""

    well: bool
    seconds: float
    warnings: int = 0


def key_of(identity: Identity, header: Header, command: str) -> bytes:
    """A digest of all that an answer depends on: which Lean, what stands before, the options, the command."""
    lean = (identity.engine, identity.version, identity.commit, identity.library)
    parts = (lean, header.imports, header.options, header.preamble, command)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()


class Cache:
    """Answers in the file at `path`, which is made, with its folder, where there is none.

    Raises `ConfigError` where the file cannot be used: damaged, of another program or format, or out of reach.
    """

    def __init__(self, path: Path, *, most: int = MOST_ROWS) -> None:
        self.path = path
        self.hits = 0
        self._db: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _demand_database(path)
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._begin(self._db, most)
        except (OSError, ValueError, sqlite3.Error) as error:
            self.close()
            why = error.strerror or error if isinstance(error, OSError) else error
            raise ConfigError(f"the cache {path} cannot be used: {why}; move it away, or give --no-cache") from None
        except ConfigError:
            self.close()
            raise

    def _begin(self, db: sqlite3.Connection, most: int) -> None:
        marks = [int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version")]
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and marks != [_MARK, _FORMAT]:
            raise ConfigError(f"{self.path} is of another program or version: name another file, or give --no-cache")
        db.execute("PRAGMA journal_mode = WAL")
        # An answer that is lost with the power is found again.
        db.execute("PRAGMA synchronous = OFF")
        db.execute(_TABLE)
        db.execute(f"PRAGMA application_id = {_MARK}")
        db.execute(f"PRAGMA user_version = {_FORMAT}")
        db.execute("DELETE FROM answers WHERE id <= (SELECT max(id) FROM answers) - ?", (most,))

    def get(self, key: bytes) -> Answer | None:
        """What is known under `key`."""
        if self._db is None:
            return None
        try:
            found: Sequence[object] | None = self._db.execute(
                "SELECT well, seconds, warnings FROM answers WHERE key = ?", (key,)
            ).fetchone()
        except sqlite3.Error:
            self.close()
            return None
        if found is None or not isinstance(found[1], (int, float)) or not isinstance(found[2], int):
            return None
        self.hits += 1
        return Answer(bool(found[0]), float(found[1]), found[2])

    def put(self, key: bytes, answer: Answer) -> None:
        """Remember an answer; one that is there already stays."""
        if self._db is None:
            return
        try:
            self._db.execute(
                "INSERT OR IGNORE INTO answers (key, well, seconds, warnings) VALUES (?, ?, ?, ?)",
                (key, int(answer.well), answer.seconds, answer.warnings),
            )
        except sqlite3.OperationalError:
            pass  # another process writes; the next answer may be luckier
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        """May be called twice; afterwards nothing is known."""
        db, self._db = self._db, None
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _demand_database(path: Path) -> None:
    if not may_be_database(path):
        raise ConfigError(f"{path} is no cache of minimize: name another file, or give --no-cache")
