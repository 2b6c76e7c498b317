"""The theorems of Lean's library that a proof may cite: their names, and the constants that their types mention."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proofagent.errors import OleanError
from proofagent.lean.olean import Constant, Kind, Module, Name, Olean
from proofagent.lean.olean.terms import Fields, Reader

# Parts of names of modules and theorems that serve Lean's own tactics; the list is Lean's, `moduleDenyListExt` and
# `nameDenyListExt` in src/Lean/LibrarySuggestions/Basic.lean.
_DENIED = frozenset(["Lean", "Lake", "Internal", "Tactic"])
# The same for namespaces of arithmetic procedures, which that list leaves out.
_PROCEDURES = frozenset(["Linear", "SOM", "Simproc", "ToInt", "Cooper"])
# What Lean derives from a definition, and whatever begins with an underscore.
_DERIVED = re.compile(r"_|inst(?![a-z])|(?:match|eq|congr_eq|hcongr)_\d+\Z")
_DERIVED_LAST = frozenset(
    ["eq_def", "congr_simp", "sizeOf_spec", "inj", "injEq", "induct", "induct_unfolding", "fun_cases", "noConfusion"]
)

# A module exports its theorems as axioms; what they were stands in this extension. Its name begins with that of the
# Lean module which defines it, and that has changed.
_KINDS = ".Lean.privateConstKindsExt"
_THEOREM = 1
_INSTANCES = "Lean.Meta.globalInstanceExtension"
_DEPRECATED = "Lean.Linter.deprecatedAttr"
_CLASSES = "Lean.classExtension"
# Functions that give classes are none themselves.
_CLASS_LIKE = frozenset(["DecidableEq", "DecidableLE", "DecidableLT", "DecidablePred", "DecidableRel"])
# How many fields their entries have: name and kind; the name of an instance, after its namespace where it is scoped;
# name and what is said of it; the name of a class, its output parameters, as universes too.
_SHAPES = {_KINDS: (2,), _INSTANCES: (1, 2), _DEPRECATED: (2,), _CLASSES: (2, 3)}


@dataclass(frozen=True, slots=True)
class Statement:
    """A theorem; `constants` are those of its type, without the classes of which it wants instances."""

    name: str
    module: str
    constants: frozenset[str]


@dataclass(frozen=True, slots=True)
class LibraryTheorem:
    """A theorem of one module: its name, `type_digest`, and line (from 1) and column (from 0) where they are known."""

    name: str
    digest: bytes
    position: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Content:
    """What one module adds."""

    theorems: list[tuple[str, list[tuple[str, frozenset[str]]]]]
    """Each name with what `Term.binders` says of its type."""

    instances: frozenset[str]
    deprecated: frozenset[str]
    classes: frozenset[str]


def statements(library: Path) -> list[Statement]:
    """The theorems below `library` that a user may cite, sorted by module and name. Takes seconds.

    Instances are left out, as theorems and as constants, because a printed goal does not show them; so are classes of
    which a theorem wants instances, and deprecated theorems. Raises `OleanError`.
    """
    contents = {module: _content(path) for module, path in modules(library)}
    instances = frozenset[str]().union(*(content.instances for content in contents.values()))
    unwanted = instances.union(*(content.deprecated for content in contents.values()))
    classes = _CLASS_LIKE.union(*(content.classes for content in contents.values()))
    return [
        Statement(name, module, _mentioned(binders, classes) - instances)
        for module, content in contents.items()
        for name, binders in content.theorems
        if name not in unwanted
    ]


def _mentioned(binders: Sequence[tuple[str, frozenset[str]]], classes: frozenset[str]) -> frozenset[str]:
    """What a goal of this type would show."""
    *premises, (_, conclusion) = binders
    return conclusion.union(*(constants for head, constants in premises if head not in classes))


def citable(name: Name) -> bool:
    """Whether a user would write this name: it is not private, derived, an instance's, or a procedure's own."""
    unfit = any(isinstance(part, int) or part in _DENIED | _PROCEDURES or _DERIVED.match(part) for part in name)
    return bool(name) and not unfit and name[-1] not in _DERIVED_LAST


def modules(library: Path) -> list[tuple[str, Path]]:
    """The modules below `library` and their files, by name; what serves Lean's own tactics is left out."""
    # A `._` file is what an archiver left beside a module.
    found = ((path.relative_to(library).with_suffix("").parts, path) for path in library.rglob("[!.]*.olean"))
    return sorted((".".join(parts), path) for parts, path in found if _DENIED.isdisjoint(parts))


def _content(path: Path) -> _Content:
    with Olean.map(path) as olean:
        read, reader = Module.read(olean), Reader(olean)
        entries = dict(_entries(reader))
        theorems = [
            (str(constant.name), list(constant.type.binders())) for constant in _theorems(read, reader, entries)
        ]
        instances = frozenset(str(reader.name(fields[-1])) for fields in entries.get(_INSTANCES, []))
        deprecated = frozenset(str(reader.name(fields[0])) for fields in entries.get(_DEPRECATED, []))
        classes = frozenset(str(reader.name(fields[0])) for fields in entries.get(_CLASSES, []))
        return _Content(theorems, instances, deprecated, classes)


def module_theorems(path: Path) -> list[LibraryTheorem]:
    """The theorems of the module at `path` that a user may cite, deprecated ones as well, in the order of their text.

    Raises `OleanError`.
    """
    with Olean.map(path) as olean:
        read, reader = Module.read(olean), Reader(olean)
        found = [
            LibraryTheorem(str(constant.name), type_digest(constant), read.positions.get(str(constant.name)))
            for constant in _theorems(read, reader, dict(_entries(reader)))
        ]
    return sorted(found, key=lambda theorem: theorem.position or (0, 0))


def type_digest(constant: Constant) -> bytes:
    """What is equal for theorems of equal types, but for what they are called.

    Universe parameters count by their names, in whatever order; what Lean derived for this very theorem (`match_1`, a
    proof in its type) counts by what is left of its name, private or not. Raises `OleanError`.
    """
    own = re.compile(rf"(?:_private\..*\.)?{re.escape(str(constant.name))}\.((?:match_|_).*)")
    derived = ((name, own.fullmatch(name)) for name in constant.type.constants())
    aliases = {name: f"derived {found[1]}".encode() for name, found in derived if found}
    return constant.type.digest(tuple(sorted(constant.level_params, key=str)), aliases)


def _theorems(read: Module, reader: Reader, entries: Mapping[str, Sequence[Fields]]) -> list[Constant]:
    olean = reader.olean
    kinds = entries.get(_KINDS, [])
    exported = {str(reader.name(name)) for name, kind in kinds if olean.constructor(kind) == (_THEOREM, ())}
    return [
        constant
        for name, constant in sorted(read.constants.items())
        if (constant.kind is Kind.THEOREM or name in exported) and citable(constant.name)
    ]


def _entries(reader: Reader) -> Iterator[tuple[str, list[Fields]]]:
    """The fields of all entries of the extensions in `_SHAPES`."""
    olean = reader.olean
    for pair in olean.array(_fields(olean, olean.root, (5,))[4]):
        extension, entries = _fields(olean, pair, (2,))
        name = str(reader.name(extension))
        key = _KINDS if name.endswith(_KINDS) else name
        if key in _SHAPES:
            yield key, [_fields(olean, entry, _SHAPES[key]) for entry in olean.array(entries)]


def _fields(olean: Olean, at: int, counts: tuple[int, ...]) -> Fields:
    """The fields of the object at a reference, as many as one of `counts` says."""
    _, fields = olean.constructor(at)
    if len(fields) not in counts:
        raise OleanError(f"malformed .olean file: object {at} is not what its place asks for")
    return fields
