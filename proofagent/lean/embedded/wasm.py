"""Rewrite the WebAssembly module so that a thread does not carry 200,000 JavaScript objects.

The stock module exports every symbol, because the interpreter looks compiled functions up by name. An engine then
builds a JavaScript function for each export in each thread, which is most of its memory and of its start. The
rewritten module exports only what the glue names; every other function stands in the function table instead, and a
*symbol file* maps names to table slots and data addresses. The code is the same (but see `checked`).

Format references: WebAssembly core specification 3.0, binary format (sections 5.3-5.5).
"""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from proofagent.errors import SetupError

IMPORT, _TABLE, _GLOBAL, EXPORT, _ELEMENT, CODE = 2, 4, 6, 7, 9, 10
FUNC, _MEMORY_KIND, _GLOBAL_KIND = 0, 2, 3
_FUNCREF, _I32_CONST = 0x70, 0x41
MAGIC = b"\0asm\1\0\0\0"


@dataclass(frozen=True, slots=True)
class Export:
    """One entry of the export section; `kind` 0 is a function, 3 a global, and `index` counts within its kind."""

    name: bytes
    kind: int
    index: int


def export_names(module: bytes) -> frozenset[str]:
    """The names of everything that `module` exports. Raises `SetupError` where it is not a WebAssembly module."""
    with _known_layout():
        bodies = dict(sections(module))
        return frozenset(export.name.decode() for export in exports(bodies[EXPORT]))


def rewrite(module: bytes, keep: frozenset[str]) -> tuple[bytes, dict[bytes, int]]:
    """Return the module with the exports `keep` only, and the address of every symbol it exported.

    An address is a slot of the function table for functions and a byte address for data. Raises `SetupError`
    where the module is not laid out as the stock build is.
    """
    with _known_layout():
        return _rewrite(module, keep)


@contextlib.contextmanager
def _known_layout() -> Iterator[None]:
    """What is cut off, lacks a section or has names in no encoding is refused like any other unknown module."""
    try:
        yield
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise SetupError("lean.wasm is damaged or not the known module; run `proofagent setup` again") from error


def _rewrite(module: bytes, keep: frozenset[str]) -> tuple[bytes, dict[bytes, int]]:
    parts = list(sections(module))
    bodies = dict(parts)
    if not {IMPORT, _TABLE, _GLOBAL, EXPORT, _ELEMENT, CODE} <= bodies.keys():
        raise KeyError("a section")
    exported = list(exports(bodies[EXPORT]))
    start, slots = _element_slots(bodies[_ELEMENT])
    size = start + len(slots)
    address = {func: start + slot for slot, func in reversed(list(enumerate(slots)))}
    extra: list[int] = []
    constants = _constant_globals(bodies[_GLOBAL])
    imported = _imported(bodies[IMPORT])[_GLOBAL_KIND]
    symbols: dict[bytes, int] = {}
    for export in exported:
        if export.kind == FUNC:
            if export.index not in address:
                address[export.index] = size + len(extra)
                extra.append(export.index)
            symbols[export.name] = address[export.index]
        elif export.kind == _GLOBAL_KIND and (value := constants.get(export.index - imported)) is not None:
            symbols[export.name] = value
    kept = [e for e in exported if e.kind not in (FUNC, _GLOBAL_KIND) or e.name.decode() in keep]
    missing = keep - {e.name.decode() for e in kept}
    if missing:
        raise SetupError(f"the Lean module does not export {', '.join(sorted(missing)[:3])}")
    replaced = {
        _TABLE: _grown_table(bodies[_TABLE], size, len(extra)),
        EXPORT: _vector([_name(e.name) + bytes([e.kind]) + leb(e.index) for e in kept]),
        _ELEMENT: _two_segments(bodies[_ELEMENT], size, extra),
    }
    return MAGIC + b"".join(section(i, replaced.get(i, body)) for i, body in parts), symbols


def sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    if not module.startswith(MAGIC):
        raise SetupError("lean.wasm is not a WebAssembly module")
    at = len(MAGIC)
    while at < len(module):
        kind = module[at]
        size, at = read_leb(module, at + 1)
        if at + size > len(module):
            raise IndexError(at)
        yield kind, module[at : at + size]
        at += size


def exports(body: bytes) -> Iterator[Export]:
    count, at = read_leb(body, 0)
    for _ in range(count):
        size, at = read_leb(body, at)
        name = body[at : at + size]
        index, end = read_leb(body, at + size + 1)
        yield Export(name, body[at + size], index)
        at = end


def _element_slots(body: bytes) -> tuple[int, list[int]]:
    count, at = read_leb(body, 0)
    # One active segment of table 0 (flags 0) at a constant offset (0x41 = i32.const, 0x0b = end).
    if count != 1 or body[at : at + 2] != b"\x00\x41":
        raise SetupError("the function table of the Lean module is not the one that is known")
    start, at = read_leb(body, at + 2)
    size, at = read_leb(body, at + 1)
    slots = []
    for _ in range(size):
        index, at = read_leb(body, at)
        slots.append(index)
    return start, slots


def _constant_globals(body: bytes) -> dict[int, int]:
    """Initial values of the module's own immutable `i32.const` globals, by their place in the global section."""
    count, at = read_leb(body, 0)
    values = {}
    for place in range(count):
        mutable, opcode = body[at + 1], body[at + 2]
        if opcode != _I32_CONST:
            raise SetupError("a global of the Lean module is not a constant")
        value, at = read_leb(body, at + 3, signed=True)
        at += 1
        if not mutable:
            values[place] = value & 0xFFFF_FFFF  # addresses above 2 GB are written as negative numbers
    return values


def imported_functions(body: bytes) -> int:
    """How many functions an import section brings in: the module's own are counted after them."""
    return _imported(body)[FUNC]


def _imported(body: bytes) -> Counter[int]:
    count, at = read_leb(body, 0)
    found: Counter[int] = Counter()
    for _ in range(count):
        for _ in range(2):
            size, at = read_leb(body, at)
            at += size
        kind, at = body[at], at + 1
        found[kind] += 1
        if kind == FUNC:
            _, at = read_leb(body, at)
        elif kind == _GLOBAL_KIND:
            at += 2
        elif kind == _MEMORY_KIND:
            flags, at = body[at], at + 1
            for _ in range(1 + (flags & 1)):
                _, at = read_leb(body, at)
        else:
            raise SetupError("the Lean module imports what the known build does not")
    return found


def _grown_table(body: bytes, size: int, extra: int) -> bytes:
    count, at = read_leb(body, 0)
    # One table of functions without an initial value: its type is followed by its limits.
    kind, flags = body[at], body[at + 1]
    minimum, end = read_leb(body, at + 2)
    if count != 1 or kind != _FUNCREF or minimum < size:
        raise SetupError("the function table of the Lean module is not the one that is known")
    limits = leb(minimum + extra)
    if flags & 1:
        maximum, end = read_leb(body, end)
        limits += leb(maximum + extra)
    return body[: at + 2] + limits + body[end:]


def _two_segments(body: bytes, start: int, functions: list[int]) -> bytes:
    _, at = read_leb(body, 0)
    second = b"\x00\x41" + signed_leb(start) + b"\x0b" + _vector([leb(f) for f in functions])
    return leb(2) + body[at:] + second


def section(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + leb(len(body)) + body


def _vector(items: list[bytes]) -> bytes:
    return leb(len(items)) + b"".join(items)


def _name(text: bytes) -> bytes:
    return leb(len(text)) + text


def read_leb(data: bytes, at: int, signed: bool = False) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value - (1 << shift) if signed and byte & 0x40 else value), at


def leb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed_leb(value: int) -> bytes:
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)
