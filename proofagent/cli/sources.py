"""The goals of a batch: where they are, read anew for every round, and known by their content."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proofagent.cli.targets import Wanted, read
from proofagent.errors import UsageError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, lean_files

_HASHED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where the goals are; each call of `read` reads them anew."""

    target: str
    project: Path | None

    @property
    def near(self) -> Path:
        return self.project or Path(self.target)

    def read(self) -> Iterator[Goal | BadLine]:
        work = read(Wanted(self.target, project=self.project))
        yield from work.goals
        for place in work.places:
            if isinstance(place, BadLine):
                yield place
            else:
                yield from place[1]

    def digest(self) -> str:
        """Of the file, or of the Lean files of a folder, with their names. Raises `UsageError` where there is none."""
        try:
            return self._digest()
        except OSError as error:
            raise UsageError(f"{self.target}: cannot be read: {error.strerror or error}") from error

    def _digest(self) -> str:
        path = Path(self.target)
        files = filter(Path.is_file, lean_files(path)) if path.is_dir() else [path]
        whole = hashlib.sha256()
        for file in files:
            whole.update(f"{file}\0".encode("utf-8", "surrogateescape"))
            with file.open("rb") as data:
                while piece := data.read(_HASHED_BYTES):
                    whole.update(piece)
        return whole.hexdigest()
