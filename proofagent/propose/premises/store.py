"""The file that keeps an index of premises, so that the library is read once."""

import contextlib
import gzip
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.lean.embedded.package import Installation
from proofagent.propose.premises.library import Statement

# To be raised when the same library gives another table.
FORMAT = 2
_FAST = 1


class Table(BaseModel):
    """Which theorems there are and which constants they mention. A theorem's number is its place in `modules`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    library: str
    """`Manifest.library_sha256` of the library that was read."""
    modules: dict[str, list[str]]
    """By module the names of its theorems."""
    mentions: dict[str, list[int]]
    """By constant the ascending numbers of the theorems whose types mention it."""

    @classmethod
    def of(cls, statements: Iterable[Statement], library: str) -> Self:
        """Statements of one module must stand together."""
        modules: defaultdict[str, list[str]] = defaultdict(list)
        mentions: defaultdict[str, list[int]] = defaultdict(list)
        for number, statement in enumerate(statements):
            modules[statement.module].append(statement.name)
            for constant in statement.constants:
                mentions[constant].append(number)
        return cls(format=FORMAT, library=library, modules=modules, mentions=dict(sorted(mentions.items())))


def path_of(installation: Installation) -> Path:
    """Where the table of an installation's library is kept: beside the installation, which is never changed."""
    return installation.root.parent / f"premises-{FORMAT}-{installation.manifest.library_sha256[:16]}.json.gz"


def read(path: Path, library: str) -> Table | None:
    """The table in the file at `path`, or None where it is missing, damaged, or that of another library.

    What was truncated or changed since it was written fails gzip's check sum.
    """
    try:
        table = Table.model_validate_json(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error, ValidationError):
        return None
    return table if (table.format, table.library) == (FORMAT, library) else None


def write(path: Path, table: Table) -> None:
    """Put `table` into the file at `path`, whole or not at all, whoever else writes or reads it. Raises `OSError`."""
    partial = path.with_name(f"{path.name}-{uuid.uuid4().hex}")
    try:
        partial.write_bytes(gzip.compress(table.model_dump_json().encode(), _FAST, mtime=0))
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
