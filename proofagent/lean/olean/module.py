"""What a compiled Lean module declares: Lean's `ModuleData`, read from its `.olean` file.

Field orders, the same in Lean 4.28 and 4.35 (structures put pointers first, then single bytes):

    ModuleData      imports, names, constants, extra names, extension entries; isModule
    Import          module; importAll, isExported, isMeta
    ConstantVal     name, universe parameters, type
    AxiomVal        ConstantVal; isUnsafe
    DefinitionVal   ConstantVal, value, reducibility, all; safety
    TheoremVal      ConstantVal, value, all
    OpaqueVal       ConstantVal, value, all; isUnsafe
    QuotVal         ConstantVal; which
    InductiveVal    ConstantVal, parameters, indices, all, constructors, nested; isRec, isUnsafe, isReflexive
    ConstructorVal  ConstantVal, inductive, index, parameters, fields; isUnsafe
    RecursorVal     ConstantVal, all, parameters, indices, motives, minors, rules; k, isUnsafe
    RecursorRule    constructor, fields, right-hand side
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from proofagent.errors import OleanError
from proofagent.lean.olean.constants import (
    Constant,
    Constructor,
    Detail,
    Hints,
    Inductive,
    Kind,
    Recursor,
    Rule,
    Safety,
)
from proofagent.lean.olean.extensions import ATTRIBUTES, POSITIONS, positions, subjects
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.objects import Olean
from proofagent.lean.olean.terms import Fields, Reader, Term


@dataclass(frozen=True, slots=True)
class Module:
    """What one file declares. Keys of `constants` are `str` of the names, which is injective."""

    imports: tuple[Name, ...]
    constants: Mapping[str, Constant]
    entries: Mapping[str, int]
    """How many entries the module hands to each environment extension, without those that get none."""
    is_module: bool
    lean_version: str
    githash: str
    attributes: frozenset[tuple[str, str]] = frozenset()
    """Attribute and declaration, for the attributes of `extensions.ATTRIBUTES`."""
    positions: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Line (from 1) and column (from 0) of declarations that stand in the text; made-up ones have none."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the file at `path`; raise `OleanError`."""
        return cls.read(Olean.open(path))

    @classmethod
    def map(cls, path: Path) -> Self:
        """As `open`, but for a file that nobody writes: see `Olean.map`."""
        return cls.read(Olean.map(path))

    @classmethod
    def read(cls, olean: Olean) -> Self:
        """Read everything but the terms, which are read when they are asked for; raise `OleanError`."""
        read = _Declarations(olean)
        imports, names, constants, _, pairs = read.fields(olean.root, 0, 5)
        entries = read.entries(olean.array(pairs))
        said = {
            (word, name) for key, word in ATTRIBUTES.items() for name in subjects(read.reader, entries.get(key, ()))
        }
        return cls(
            imports=read.imports(imports),
            constants=read.constants(olean.array(names), olean.array(constants)),
            entries=MappingProxyType({name: len(found) for name, found in entries.items()}),
            is_module=read.flags(olean.root, 1)[0],
            lean_version=olean.header.lean_version,
            githash=olean.header.githash,
            attributes=frozenset(said),
            positions=MappingProxyType(dict(positions(read.reader, entries.get(POSITIONS, ())))),
        )


def imported(path: Path) -> tuple[Name, ...]:
    """The modules that the file at `path` imports itself; nothing else of it is read. Raises `OleanError`.

    The file must be one that nobody writes: see `Olean.map`.
    """
    with Olean.map(path) as olean:
        read = _Declarations(olean)
        return read.imports(read.fields(olean.root, 0, 5)[0])


class Shelf:
    """One module of which single declarations are read; the file must be one that nobody writes: see `Olean.map`."""

    def __init__(self, path: Path) -> None:
        self._read = _Declarations(Olean.map(path))
        self.is_module = self._read.flags(self._read.olean.root, 1)[0]

    def places(self) -> dict[str, int]:
        """Where each constant of the module is. Raises `OleanError`."""
        _, names, constants, *_ = self._read.fields(self._read.olean.root, 0, 5)
        tables = self._read.olean.array(names), self._read.olean.array(constants)
        return {str(self._read.reader.name(name)): at for name, at in zip(*tables, strict=False)}

    def constant(self, at: int) -> Constant:
        """The constant at a place. Raises `OleanError`."""
        return self._read.constant(at)


class _Declarations:
    """Reads the tables of one module."""

    def __init__(self, olean: Olean) -> None:
        self.olean = olean
        self.reader = Reader(olean)
        self._lists: dict[int, tuple[Name, ...]] = {}

    def imports(self, array: int) -> tuple[Name, ...]:
        return tuple(self.reader.name(self.fields(at, 0, 1)[0]) for at in self.olean.array(array))

    def constants(self, names: Fields, infos: Fields) -> Mapping[str, Constant]:
        """The table of constants: as many as names, in the same order, none twice."""
        found: dict[str, Constant] = {}
        for name, info in zip(names, infos, strict=False):
            constant = self.constant(info)
            if constant.name != self.reader.name(name):
                raise OleanError(f"the .olean file lists {constant.name} under another name")
            found[str(constant.name)] = constant
        if not len(found) == len(names) == len(infos):
            raise OleanError("the tables of constants in the .olean file do not agree")
        return MappingProxyType(found)

    def entries(self, pairs: Fields) -> dict[str, Fields]:
        """The entries of each extension that has any."""
        found: dict[str, Fields] = {}
        for pair in pairs:
            name, entries = self.fields(pair, 0, 2)
            if items := self.olean.array(entries):
                found[str(self.reader.name(name))] = items
        return found

    def fields(self, at: int, expected: int, count: int) -> Fields:
        """The fields of the constructor that the place asks for."""
        tag, fields = self.olean.constructor(at)
        if tag != expected or len(fields) != count:
            raise OleanError(f"malformed .olean file: object {at} is not what its place asks for")
        return fields

    def flags(self, at: int, count: int) -> tuple[bool, ...]:
        """Booleans kept beside the fields."""
        flags = self.olean.flags(at, count)
        if any(flag > 1 for flag in flags):
            raise OleanError(f"malformed .olean file: object {at} has a truth value that is none")
        return tuple(map(bool, flags))

    def constant(self, info: int) -> Constant:
        tag, _ = self.olean.constructor(info)
        if tag >= len(_KINDS):
            raise OleanError(f"malformed .olean file: no constant at {info}")
        kind, count, rest = _KINDS[tag]
        (value,) = self.fields(info, tag, 1)
        fields = self.fields(value, 0, count)
        name, level_params, type_ = self.fields(fields[0], 0, 3)
        common = self.reader.name(name), kind, self.names(level_params), self.term(type_)
        return Constant(*common, **rest(self, value, fields)._asdict())

    def term(self, ref: int) -> Term:
        return Term(self.reader, ref)

    def names(self, ref: int) -> tuple[Name, ...]:
        """The names in a linked list; lists are shared between constants."""
        if (known := self._lists.get(ref)) is None:
            known = self._lists[ref] = self.reader.names(ref)
        return known

    def numbers(self, *refs: int) -> Iterator[int]:
        return map(self.olean.natural, refs)


_FIXED_HINTS: tuple[Hints, Hints] = ("opaque", "abbrev")
_REGULAR = len(_FIXED_HINTS)


class _Rest(NamedTuple):
    """What only some kinds of constants have, in the order of `Constant`."""

    safety: Safety = Safety.SAFE
    value: Term | None = None
    all: tuple[Name, ...] = ()
    detail: Detail | None = None
    hints: Hints = "opaque"


def _axiom(read: _Declarations, at: int, _: Fields) -> _Rest:
    return _Rest(_safety(*read.flags(at, 1)))


def _definition(read: _Declarations, at: int, fields: Fields) -> _Rest:
    (safety,) = read.olean.flags(at, 1)
    if safety >= len(Safety):
        raise OleanError(f"malformed .olean file: no definition at {at}")
    hints = _hints(read, fields[2])
    return _Rest(tuple(Safety)[safety], read.term(fields[1]), read.names(fields[3]), hints=hints)


def _hints(read: _Declarations, at: int) -> Hints:
    tag, fields = read.olean.constructor(at)
    if fields or tag > _REGULAR:
        raise OleanError(f"malformed .olean file: no reducibility hints at {at}")
    return int.from_bytes(bytes(read.olean.flags(at, 4)), "little") if tag == _REGULAR else _FIXED_HINTS[tag]


def _theorem(read: _Declarations, _: int, fields: Fields) -> _Rest:
    return _Rest(Safety.SAFE, read.term(fields[1]), read.names(fields[2]))


def _opaque(read: _Declarations, at: int, fields: Fields) -> _Rest:
    return _Rest(_safety(*read.flags(at, 1)), read.term(fields[1]), read.names(fields[2]))


def _quotient(_: _Declarations, __: int, ___: Fields) -> _Rest:
    return _Rest()


def _inductive(read: _Declarations, at: int, fields: Fields) -> _Rest:
    params, indices, nested = read.numbers(fields[1], fields[2], fields[5])
    is_rec, unsafe, is_reflexive = read.flags(at, 3)
    detail = Inductive(params, indices, read.names(fields[4]), nested, is_rec, is_reflexive)
    return _Rest(_safety(unsafe), None, read.names(fields[3]), detail)


def _constructor(read: _Declarations, at: int, fields: Fields) -> _Rest:
    detail = Constructor(read.reader.name(fields[1]), *read.numbers(*fields[2:]))
    return _Rest(_safety(*read.flags(at, 1)), None, (), detail)


def _recursor(read: _Declarations, at: int, fields: Fields) -> _Rest:
    k, unsafe = read.flags(at, 2)
    rules = tuple(_rule(read, rule) for rule in read.olean.items(fields[6]))
    params, indices, motives, minors = read.numbers(*fields[2:6])
    detail = Recursor(params, indices, motives, minors, rules, k)
    return _Rest(_safety(unsafe), None, read.names(fields[1]), detail)


def _rule(read: _Declarations, at: int) -> Rule:
    constructor, count, value = read.fields(at, 0, 3)
    return Rule(read.reader.name(constructor), read.olean.natural(count), read.term(value))


def _safety(unsafe: bool) -> Safety:
    return Safety.UNSAFE if unsafe else Safety.SAFE


_KINDS: tuple[tuple[Kind, int, Callable[[_Declarations, int, Fields], _Rest]], ...] = (
    (Kind.AXIOM, 1, _axiom),
    (Kind.DEFINITION, 4, _definition),
    (Kind.THEOREM, 3, _theorem),
    (Kind.OPAQUE, 3, _opaque),
    (Kind.QUOTIENT, 1, _quotient),
    (Kind.INDUCTIVE, 6, _inductive),
    (Kind.CONSTRUCTOR, 5, _constructor),
    (Kind.RECURSOR, 7, _recursor),
)
"""By tag of `ConstantInfo`: the kind, how many fields its value has, and how the rest of it is read."""
