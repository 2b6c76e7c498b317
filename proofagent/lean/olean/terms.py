"""Terms of Lean's kernel as they lie in a file: which are the same but for what does not matter, what they mention.

Nothing is built. A `Term` is a place in a file, and questions are answered by walking the shared graph there, each
object once and without recursion.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType

from proofagent.errors import OleanError
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.objects import NIL, Olean, copying

MAX_COMPONENTS = 1000
MAX_COMPONENT_NUMBER = 1 << 128

Fields = tuple[int, ...]
Aliases = Mapping[str, bytes]
"""By name of a constant, 32 bytes that stand for what it is."""
NO_ALIASES: Aliases = MappingProxyType({})
Shapes = Mapping[int, tuple[int, tuple[int, ...]]]
"""By tag: how many fields, and which of them are parts of the same sort."""

LISTS: Shapes = {0: (0, ()), 1: (2, (1,))}
ZERO, SUCC, MAX, IMAX, PARAM = range(5)
LEVELS: Shapes = {ZERO: (0, ()), SUCC: (1, (0,)), MAX: (2, (0, 1)), IMAX: (2, (0, 1)), PARAM: (1, ())}
BOUND, SORT, CONST, APPLY, LAMBDA, FORALL, LET, LITERAL, META, PROJECTION = 0, 3, 4, 5, 6, 7, 8, 9, 10, 11
TERMS: Shapes = {
    BOUND: (1, ()),
    SORT: (1, ()),
    CONST: (2, ()),  # name, levels
    APPLY: (2, (0, 1)),
    LAMBDA: (3, (1, 2)),  # binder name, type, body
    FORALL: (3, (1, 2)),
    LET: (4, (1, 2, 3)),  # binder name, type, value, body
    LITERAL: (1, ()),
    META: (2, (1,)),
    PROJECTION: (3, (2,)),  # structure, index, term
}
"""Free variables (1) and metavariables (2) have no place in a finished declaration and are refused."""


class Reader:
    """Names, texts and terms of one file, with a memory of what was read. All methods raise `OleanError`."""

    def __init__(self, olean: Olean) -> None:
        self.olean = olean
        self._names: dict[int, Name] = {NIL: Name()}
        self._texts: dict[int, str] = {}
        self._name_digests: dict[int, bytes] = {}
        self._objects: dict[int, tuple[int, Fields]] = {}
        self._constants: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self._digesters: dict[tuple[tuple[Name, ...], int], _Digester] = {}

    def name(self, ref: int) -> Name:
        """The name at a reference."""
        if (known := self._names.get(ref)) is not None:
            return known
        at, last = ref, list[str | int]()
        while at not in self._names and len(last) < MAX_COMPONENTS:
            tag, fields = self.olean.constructor(at)
            if tag not in (1, 2) or len(fields) != 2:
                raise OleanError(f"malformed .olean file: no name at {at}")
            last.append(self.olean.string(fields[1]) if tag == 1 else self.olean.natural(fields[1]))
            at = fields[0]
        name = Name((*self._names.get(at, ()), *reversed(last)))
        if len(name) >= MAX_COMPONENTS or any(isinstance(part, int) and part >= MAX_COMPONENT_NUMBER for part in last):
            raise OleanError("the .olean file has a name beyond all measure")
        self.olean.spend(sum(copying(len(part)) if isinstance(part, str) else 1 for part in name))
        self._names[ref] = name
        return name

    def names(self, ref: int) -> tuple[Name, ...]:
        """The names in a linked list."""
        return tuple(self.name(item) for item in self.olean.items(ref))

    def digest(self, ref: int, level_params: tuple[Name, ...], aliases: Aliases) -> bytes:
        """See `Term.digest`."""
        key = level_params, id(aliases)  # the digester keeps `aliases` alive, so no other mapping gets its number
        if (digester := self._digesters.get(key)) is None:
            if len(set(level_params)) != len(level_params):
                raise OleanError("a declaration of the .olean file lists a universe parameter twice")
            digester = self._digesters[key] = _Digester(self, level_params, aliases)
        return digester.term(ref)

    def constants(self, ref: int) -> frozenset[str]:
        """See `Term.constants`."""
        return self._mentions(ref)[0]

    def literals(self, ref: int) -> frozenset[str]:
        """See `Term.literals`."""
        return self._mentions(ref)[1]

    def _mentions(self, ref: int) -> tuple[frozenset[str], frozenset[str]]:
        if (known := self._constants.get(ref)) is None:
            names, literals = set[int](), set[int]()
            for _, tag, fields in self.parts(ref, TERMS, ()):
                if tag in (CONST, PROJECTION):
                    names.add(fields[0])
                elif tag == LITERAL:
                    literals.add(self.olean.constructor(fields[0])[0])
            kinds = frozenset("text" if tag else "number" for tag in literals)
            known = self._constants[ref] = frozenset(map(self._text, names)), kinds
        return known

    def binders(self, ref: int) -> Iterator[tuple[str, frozenset[str]]]:
        """See `Term.binders`."""
        at, (tag, fields) = ref, self._objects.get(ref) or self._object(ref)
        while tag == FORALL and len(fields) == TERMS[FORALL][0]:
            yield self._head(fields[1]), self.constants(fields[1])
            at = fields[2]
            tag, fields = self._objects.get(at) or self._object(at)
        yield self._head(at), self.constants(at)

    def _head(self, ref: int) -> str:
        """The constant that is applied at a reference, or else ""."""
        tag, fields = self._objects.get(ref) or self._object(ref)
        while (tag, len(fields)) in ((APPLY, 2), (META, 2)):
            ref = fields[0] if tag == APPLY else fields[1]
            tag, fields = self._objects.get(ref) or self._object(ref)
        return self._text(fields[0]) if (tag, len(fields)) == (CONST, 2) else ""

    def name_digest(self, ref: int) -> bytes:
        """A hash of the name at a reference."""
        if (known := self._name_digests.get(ref)) is None:
            known = self._name_digests[ref] = _hash(b"n" + self.name(ref).encoded())
        return known

    def _text(self, ref: int) -> str:
        if (known := self._texts.get(ref)) is None:
            known = self._texts[ref] = str(self.name(ref))
        return known

    def _object(self, ref: int) -> tuple[int, Fields]:
        known = self._objects[ref] = self.olean.constructor(ref)
        return known

    def parts(self, root: int, shapes: Shapes, known: Container[int]) -> Iterator[tuple[int, int, Fields]]:
        """What `root` consists of, itself last, all parts before their wholes; what is `known` is left out."""
        found: dict[int, tuple[int, Fields]] = {}
        todo = [root]
        while todo:
            at = todo.pop()
            if at in found or at in known:
                continue
            tag, fields = found[at] = self._objects.get(at) or self._object(at)
            count, inner = shapes.get(tag, (-1, ()))
            if count != len(fields):
                raise OleanError(f"malformed .olean file: object {at} is not what its place asks for")
            todo += [fields[i] for i in inner]
        self.olean.spend(len(found))
        return ((at, *found[at]) for at in sorted(found))  # Olean: pointers lead to lower offsets


@dataclass(frozen=True, slots=True)
class Term:
    """A term at its place in a file. `==` compares places; compare terms by `digest`."""

    _reader: Reader = field(repr=False)
    _ref: int

    @property
    def place(self) -> tuple[Reader, int]:
        """What reads the term's file, and the reference of the term there."""
        return self._reader, self._ref

    def digest(self, level_params: tuple[Name, ...], aliases: Aliases = NO_ALIASES) -> bytes:
        """32 bytes that are equal for two terms, of any files, if and only if the terms are the same kernel term.

        Not looked at: names and kinds of binders, metadata, whether a `let` is a `have`, sharing, word size. Universe
        parameters count by their place in `level_params`, so that they may be renamed. A constant counts as what
        `aliases` says of its name, where it says anything; entries may be added, but none that a term mentions whose
        digest was asked for. Raises `OleanError` when the file is malformed, or the term has free variables,
        metavariables or other universe parameters.
        """
        return self._reader.digest(self._ref, level_params, aliases)

    def constants(self) -> frozenset[str]:
        """Names of all constants that the term mentions by name, projections' structures included.

        Literals are not looked at, though a number means `Nat` and a text `String`. Raises `OleanError`.
        """
        return self._reader.constants(self._ref)

    def literals(self) -> frozenset[str]:
        """Which kinds of literals the term has: "number", "text". Raises `OleanError`."""
        return self._reader.literals(self._ref)

    def binders(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Of each of the binders that the term begins with, the head constant of its type, or "", and all constants.

        Last comes what stands behind them all. Raises `OleanError`.
        """
        return self._reader.binders(self._ref)


class _Digester:
    """Digests of one file's terms under one list of universe parameters.

    Each is a hash of a letter for the constructor and what it is made of, fixed in length but for the last piece.
    """

    def __init__(self, reader: Reader, level_params: tuple[Name, ...], aliases: Aliases) -> None:
        self._reader = reader
        self._aliases = aliases
        self._positions = {name: position for position, name in enumerate(level_params)}
        self._lists: dict[int, bytes] = {}
        self._levels: dict[int, bytes] = {}
        self._terms: dict[int, bytes] = {}
        terms, levels = self._terms, self._levels
        self._level_hashes: dict[int, Callable[[Fields], bytes]] = {
            ZERO: lambda _: _hash(b"0"),
            SUCC: lambda f: _hash(b"+" + levels[f[0]]),
            MAX: lambda f: _hash(b"m" + levels[f[0]] + levels[f[1]]),
            IMAX: lambda f: _hash(b"i" + levels[f[0]] + levels[f[1]]),
            PARAM: lambda f: _hash(b"u" + _encoded(self._position(f[0]))),
        }
        self._term_hashes: dict[int, Callable[[Fields], bytes]] = {
            BOUND: lambda f: _hash(b"b" + _encoded(reader.olean.natural(f[0]))),
            SORT: lambda f: _hash(b"s" + self._level(f[0])),
            CONST: lambda f: _hash(b"c" + self._constant(f[0]) + self._level_list(f[1])),
            APPLY: lambda f: _hash(b"a" + terms[f[0]] + terms[f[1]]),
            LAMBDA: lambda f: _hash(b"l" + terms[f[1]] + terms[f[2]]),
            FORALL: lambda f: _hash(b"p" + terms[f[1]] + terms[f[2]]),
            LET: lambda f: _hash(b"d" + terms[f[1]] + terms[f[2]] + terms[f[3]]),
            LITERAL: lambda f: self._literal(f[0]),
            META: lambda f: terms[f[1]],
            PROJECTION: lambda f: _hash(
                b"j" + reader.name_digest(f[0]) + terms[f[2]] + _encoded(reader.olean.natural(f[1]))
            ),
        }

    def term(self, ref: int) -> bytes:
        if ref not in self._terms:
            for at, tag, fields in self._reader.parts(ref, TERMS, self._terms):
                self._terms[at] = self._term_hashes[tag](fields)
        return self._terms[ref]

    def _constant(self, ref: int) -> bytes:
        alias = self._aliases.get(str(self._reader.name(ref))) if self._aliases else None
        return self._reader.name_digest(ref) if alias is None else alias

    def _level(self, ref: int) -> bytes:
        if ref not in self._levels:
            for at, tag, fields in self._reader.parts(ref, LEVELS, self._levels):
                self._levels[at] = self._level_hashes[tag](fields)
        return self._levels[ref]

    def _level_list(self, ref: int) -> bytes:
        if ref not in self._lists:
            for at, tag, fields in self._reader.parts(ref, LISTS, self._lists):
                self._lists[at] = _hash(b":" + self._level(fields[0]) + self._lists[fields[1]]) if tag else _hash(b".")
        return self._lists[ref]

    def _position(self, ref: int) -> int:
        name = self._reader.name(ref)
        if (position := self._positions.get(name)) is None:
            raise OleanError(f"a term of the .olean file has the undeclared universe parameter {name}")
        return position

    def _literal(self, ref: int) -> bytes:
        tag, fields = self._reader.olean.constructor(ref)
        if tag > 1 or len(fields) != 1:
            raise OleanError(f"malformed .olean file: no literal at {ref}")
        if tag == 0:
            return _hash(b"#" + _encoded(self._reader.olean.natural(fields[0])))
        text = self._reader.olean.string(fields[0]).encode()
        self._reader.olean.spend(copying(len(text)))
        return _hash(b'"' + text)


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()


def _encoded(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "little")
