"""A file of lines that grows, read piece by piece from where one was; it may be cut, replaced, or end in mid-line."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PIECE = 1 << 20
_MOST_LINE = 256 << 20
_WITNESS = 64


class Replaced(Exception):
    """What was read is there no more, but something else, or less."""


@dataclass(slots=True)
class Tail:
    """Remembers how far it was read, and the last bytes before, by which something else in their place is noticed."""

    path: Path
    offset: int = 0
    """Where the next line begins."""

    size: int = 0
    """Of the file, when it was looked at last."""

    _witness: bytes = b""
    _state: tuple[int, int, int] = (0, -1, 0)

    def changed(self) -> bool:
        """Look at the file; False where nothing has happened to it since it was read to its end.

        Raises `OSError` where it is not there, or is no regular file.
        """
        found = self.path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "not a regular file", str(self.path))
        return _state_of(found) != self._state

    def lines(self) -> Iterator[bytes]:
        """The next lines that are whole, of a piece of the file, without their ends; each is to be taken, in order.

        None where there are no more for now. Raises `Replaced`, and `OSError`, of a line that is too long, too.
        """
        with self.path.open("rb") as file:
            found = os.fstat(file.fileno())
            file.seek(self.offset - len(self._witness))
            if file.read(len(self._witness)) != self._witness:
                raise Replaced
            self.size = found.st_size
            piece = file.read(_PIECE)
            whole, ended, _ = piece.rpartition(b"\n")
            if not ended and len(piece) == _PIECE:
                whole, ended = _long(piece, file)
            if not ended:
                self._state = _state_of(found)
                return
        yield from whole.split(b"\n")

    def take(self, line: bytes) -> None:
        """The line was dealt with: it is not read again."""
        self.offset += len(line) + 1
        self._witness = (self._witness + line[-_WITNESS:] + b"\n")[-_WITNESS:]


def _long(piece: bytes, file: BinaryIO) -> tuple[bytes, bytes]:
    """A line that is longer than a piece, and its end, if that is there."""
    rest = file.readline(_MOST_LINE)
    if rest.endswith(b"\n"):
        return piece + rest[:-1], b"\n"
    if len(rest) == _MOST_LINE:
        raise OSError(0, f"a line of more than {_MOST_LINE >> 20} MB")
    return piece, b""


def _state_of(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns
