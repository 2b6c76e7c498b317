"""The objects inside an `.olean` file, read without believing anything that the file says.

A reference is an `int`: odd for a boxed number (`2n + 1`), even for the file offset of an object. An object may only
point to objects that lie before it in the file, as Lean writes them; so a file has no cycles, and ascending offsets
are an order in which parts come before wholes.

Parts may be shared, which a hostile file can use to make little data look like a lot. Every read therefore costs,
and a file allows work in proportion to its size only.
"""

import mmap
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from proofagent.errors import OleanError
from proofagent.lean.olean.header import MAX_CONSTRUCTOR, OBJECT, read_header

NIL = 1
"""The empty list, the anonymous name: a boxed 0."""

ARRAY, STRING, BIGNUM = 246, 249, 250
MAX_BYTES = 1 << 30
WORK_PER_BYTE = 1
"""The library's own files need less than 0.2 for everything that can be asked."""

_LETTERS = {4: "I", 8: "Q"}
_FIELDS = {word: [struct.Struct(f"<{n}{letter}").unpack_from for n in range(256)] for word, letter in _LETTERS.items()}


class Olean:
    """One file, held in memory: what was checked cannot change afterwards. All methods raise `OleanError`.

    Only `map` leaves the bytes where they are; such a file is let go by `close`, by the end of a `with`, or when
    nothing refers to it any more.
    """

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self.header = read_header(data)
        self._data = data
        self._word = self.header.word
        self._letter = _LETTERS[self._word]
        self._fields = _FIELDS[self._word]
        self._start, self._last, self._base = self.header.start, self.header.root, self.header.base
        self._strings: dict[int, str] = {}
        self._work = WORK_PER_BYTE * len(data)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the regular file at `path`."""
        with _opened(path) as (file, size):
            return cls(file.read(size))

    @classmethod
    def map(cls, path: Path) -> Self:
        """Map the regular file at `path` into memory, of which only what is asked for is ever read.

        For files that nobody writes while they are mapped (Lean's library): what changes after its check may be
        misread, and a file that shrinks ends the process.
        """
        with _opened(path) as (file, size):
            try:
                mapped = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
            except ValueError as error:
                raise OleanError(f"{path}: {error}") from error
        try:
            return cls(mapped)
        except OleanError:
            mapped.close()
            raise

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read the contents of a file."""
        return cls(data)

    def close(self) -> None:
        """Let the file go; what was not read before cannot be read afterwards. May be called twice."""
        if isinstance(self._data, mmap.mmap):
            self._data.close()
        self._data, self._last = b"", 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def root(self) -> int:
        return self.header.root

    def spend(self, work: int) -> None:
        """Count `work` against what the size of the file allows; one piece is about one object looked at."""
        self._work -= work
        if self._work < 0:
            raise OleanError("the .olean file shares its parts so much that reading it would take too long")

    def constructor(self, ref: int) -> tuple[int, tuple[int, ...]]:
        """Tag and fields of a constructor object; a boxed number is a constructor without fields."""
        if ref & 1:
            return ref >> 1, ()
        size, count, tag = self._object(ref)
        if tag > MAX_CONSTRUCTOR or size < OBJECT.size + count * self._word or ref + size > len(self._data):
            raise OleanError(f"malformed .olean file: no constructor at {ref}")
        return tag, self._references(ref, self._fields[count](self._data, ref + OBJECT.size))

    def flags(self, ref: int, count: int) -> tuple[int, ...]:
        """The first `count` bytes that a constructor object holds besides its fields."""
        size, fields, tag = self._object(ref)
        at = ref + OBJECT.size + fields * self._word
        if tag > MAX_CONSTRUCTOR or at + count > ref + size:
            raise OleanError(f"malformed .olean file: no {count} bytes of scalars at {ref}")
        return tuple(self._bytes(at, count))

    def array(self, ref: int) -> tuple[int, ...]:
        """The elements of an array of references."""
        self._expect(ref, ARRAY)
        count, capacity = self._words(ref + OBJECT.size, 2)
        if count > capacity:
            raise OleanError(f"malformed .olean file: the array at {ref} holds more than it can")
        self.spend(count)
        return self._references(ref, self._words(ref + OBJECT.size + 2 * self._word, count))

    def items(self, ref: int) -> list[int]:
        """The elements of a linked list."""
        found: list[int] = []
        while ref != NIL:
            tag, fields = self.constructor(ref)
            if tag != 1 or len(fields) != 2:
                raise OleanError(f"malformed .olean file: no list at {ref}")
            self.spend(1)
            found.append(fields[0])
            ref = fields[1]
        return found

    def string(self, ref: int) -> str:
        """The text of a string object."""
        if (known := self._strings.get(ref)) is not None:
            return known
        self._expect(ref, STRING)
        size, capacity, length = self._words(ref + OBJECT.size, 3)
        raw = self._bytes(ref + OBJECT.size + 3 * self._word, size)
        self.spend(copying(size))
        try:
            text = raw[:-1].decode()
        except UnicodeDecodeError as error:
            raise OleanError(f"malformed .olean file: the string at {ref} is not UTF-8") from error
        if raw[-1:] != b"\0" or size > capacity or len(text) != length:
            raise OleanError(f"malformed .olean file: the string at {ref} contradicts itself")
        self._strings[ref] = text
        return text

    def natural(self, ref: int) -> int:
        """A natural number, boxed or big."""
        if ref & 1:
            return ref >> 1
        self._expect(ref, BIGNUM)
        negative, size, pointer, at = self._big_gmp(ref) if self.header.gmp else self._big_own(ref)
        if negative or pointer - self.header.base != at:
            raise OleanError(f"malformed .olean file: no natural number at {ref}")
        self.spend(copying(size))
        return int.from_bytes(self._bytes(at, size), "little")

    def _big_gmp(self, ref: int) -> tuple[bool, int, int, int]:
        """Sign, bytes, pointer to the digits, where they must be. Fields: int32 room, int32 signed size, pointer."""
        at = ref + OBJECT.size
        _, size = self._unpack("<ii", at)
        (pointer,) = self._words(at + 8, 1)
        return size < 0, abs(size) * self._word, pointer, at + 8 + self._word

    def _big_own(self, ref: int) -> tuple[bool, int, int, int]:
        """The same of Lean's own bignums. Fields: bool sign, word size in 32-bit digits, pointer."""
        at = ref + OBJECT.size
        _, size, pointer = self._words(at, 3)
        return bool(self._data[at]), size * 4, pointer, at + 3 * self._word

    def _object(self, ref: int) -> tuple[int, int, int]:
        """Size, number of fields and tag of the object at a reference."""
        if ref & 1 or not self._start <= ref <= self._last:
            what = f"malformed .olean file: no object at {ref}" if self._last else "the .olean file is closed"
            raise OleanError(what)
        # The root has a header, so others before it have.
        count, size, fields, tag = OBJECT.unpack_from(self._data, ref)
        if count:
            raise OleanError(f"malformed .olean file: the object at {ref} counts references")
        return size, fields, tag

    def _expect(self, ref: int, expected: int) -> None:
        _, _, tag = self._object(ref)
        if tag != expected:
            raise OleanError(f"malformed .olean file: object {ref} has tag {tag}, not {expected}")

    def _references(self, ref: int, words: tuple[int, ...]) -> tuple[int, ...]:
        """The words inside the object at `ref` as references: odd as they are, pointers as offsets before it."""
        base, start, astray = self._base, self._start, self._word - 1
        found = []
        for word in words:
            to = word if word & 1 else word - base
            if not word & 1 and (to & astray or not start <= to < ref):
                raise OleanError(f"malformed .olean file: the object at {ref} has a bad pointer")
            found.append(to)
        return tuple(found)

    def _words(self, at: int, count: int) -> tuple[int, ...]:
        if count * self._word > len(self._data):
            raise OleanError(f"malformed .olean file: a size at {at} exceeds the file")
        return self._unpack(f"<{count}{self._letter}", at)

    def _unpack(self, layout: str, at: int) -> tuple[int, ...]:
        try:
            return struct.unpack_from(layout, self._data, at)
        except struct.error as error:
            raise OleanError(f"malformed .olean file: the object at {at} exceeds the file") from error

    def _bytes(self, at: int, count: int) -> bytes:
        if at + count > len(self._data):
            raise OleanError(f"malformed .olean file: {count} bytes at {at} exceed the file")
        return self._data[at : at + count]


def copying(count: int) -> int:
    """The work of copying so many bytes; they cost because copies of a shared part may be kept, not for the time."""
    return 1 + count // 8


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """A regular file of bearable size and its size; what the system refuses is an `OleanError`."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                raise OleanError(f"{path}: not a file, or too large")
            yield file, status.st_size
    except OSError as error:
        raise OleanError(f"{path}: {error.strerror or error}") from error


def _without_waiting(path: str, flags: int) -> int:
    """Open a path that may be a pipe, on which plain `open` would wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
