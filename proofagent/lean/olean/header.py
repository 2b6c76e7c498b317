"""The first bytes of an `.olean` file: which Lean wrote it, and how its objects are to be read.

    offset  bytes   meaning
    0       5       `olean`
    5       1       format version (2)
    6       1       flags; bit 0: bignums are GMP's, otherwise Lean's own
    7       33      Lean version, padded with zeros
    40      40      git hash, padded with zeros
    80      word    base address: what all pointers count from
    80+w    word    pointer to the root object
    80+2w           objects, each after the ones that it points to, up to the end of the file

Nothing in a file says whether a word has 4 or 8 bytes. What says it is the root: read with the right width it is a
constructor object that ends exactly where the file ends. A file for which this holds with no width, or with both, is
refused; so truncated files are too.
"""

from dataclasses import dataclass
from mmap import mmap
from struct import Struct
from typing import Literal

from proofagent.errors import OleanError

MAGIC = b"olean"
VERSION = 2
MAX_CONSTRUCTOR = 244
"""Object tags up to here are constructors; above are strings, arrays and so on."""

_START = Struct("<5sBB33s40s")
_POINTERS: dict[Literal[4, 8], Struct] = {4: Struct("<II"), 8: Struct("<QQ")}
OBJECT = Struct("<iHBB")
"""Reference count (0 in a file), size in bytes of small objects, number of pointers, tag."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the start of a file says; `root` and `start` (of the objects) are file offsets."""

    lean_version: str
    githash: str
    gmp: bool
    word: Literal[4, 8]
    base: int
    root: int

    @property
    def start(self) -> int:
        return _START.size + 2 * self.word


def read_header(data: bytes | mmap) -> Header:
    """Read the header of a whole file; raise `OleanError` when it is not a complete `.olean` of a known version."""
    if len(data) < _START.size or data[: len(MAGIC)] != MAGIC:
        raise OleanError("not an .olean file")
    _, version, flags, lean_version, githash = _START.unpack_from(data)
    if version != VERSION or flags > 1:
        raise OleanError(f"unknown .olean format: version {version}, flags {flags}")
    layouts = [layout for word in _POINTERS if (layout := _layout(data, word))]
    if len(layouts) != 1:
        raise OleanError("the .olean file is truncated or malformed: no root object at its end")
    word, base, root = layouts[0]
    return Header(_text(lean_version), _text(githash), flags == 1, word, base, root)


def _layout(data: bytes | mmap, word: Literal[4, 8]) -> tuple[Literal[4, 8], int, int] | None:
    """The word size with base address and offset of the root, if the file makes sense with that word size."""
    pointers = _POINTERS[word]
    start = _START.size + pointers.size
    if len(data) < start + OBJECT.size:
        return None
    base, root = pointers.unpack_from(data, _START.size)
    root -= base
    if root % word or not start <= root <= len(data) - OBJECT.size:
        return None
    count, size, fields, tag = OBJECT.unpack_from(data, root)
    whole = count == 0 and tag <= MAX_CONSTRUCTOR and root + size == len(data) and size >= OBJECT.size + fields * word
    return (word, base, root) if whole else None


def _text(padded: bytes) -> str:
    try:
        return padded.rstrip(b"\0").decode("ascii")
    except UnicodeDecodeError as error:
        raise OleanError("malformed .olean header: the Lean version is not text") from error
