"""What a module tells Lean's environment extensions, as far as this project asks: positions and attributes.

Entries are read by the shape that Lean 4.28 to 4.35 give them: a structure whose first field is the name of the
declaration, or whose first field is such a structure.
"""

from collections.abc import Iterable, Iterator, Mapping

from proofagent.errors import OleanError
from proofagent.lean.olean.terms import Reader

POSITIONS = "Lean.declRangeExt"
ATTRIBUTES: Mapping[str, str] = {
    "Lean.externAttr": "extern",
    "Lean.Compiler.implementedByAttr": "implemented_by",
    "Lean.Compiler.CSimp.ext": "csimp",
    "Lean.exportAttr": "export",
    "Lean.regularInitAttr": "init",
    "Lean.builtinInitAttr": "builtin_init",
}
"""Attributes that give a declaration another meaning in compiled code than it has in the kernel, by extension."""


def subjects(reader: Reader, entries: Iterable[int]) -> Iterator[str]:
    """The declaration that each entry is about. Raises `OleanError`."""
    for entry in entries:
        at, tag, fields = entry, *reader.olean.constructor(entry)
        while tag == 0 and fields:
            reader.olean.spend(1)
            at = fields[0]
            tag, fields = reader.olean.constructor(at)
        yield str(reader.name(at))


def positions(reader: Reader, entries: Iterable[int]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, line (from 1) and column (from 0) of each declaration that has a place in the text.

    An entry is a pair of name and `DeclarationRanges`; its first position is that of the whole declaration.
    Raises `OleanError`.
    """
    for entry in entries:
        name, ranges = _fields(reader, entry, 2)
        whole = _fields(reader, ranges, 2)[0]
        start = _fields(reader, whole, 4)[0]
        line, column = map(reader.olean.natural, _fields(reader, start, 2))
        yield str(reader.name(name)), (line, column)


def _fields(reader: Reader, at: int, count: int) -> tuple[int, ...]:
    tag, fields = reader.olean.constructor(at)
    if tag != 0 or len(fields) != count:
        raise OleanError(f"malformed .olean file: no entry of {count} fields at {at}")
    reader.olean.spend(1)
    return fields
