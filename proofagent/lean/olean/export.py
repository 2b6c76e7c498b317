"""Declarations as text that any checker of Lean terms can read: Lean's export format.

One JSON object a line: names, levels and terms, each with a number and after its parts, and declarations, each after
those that it rests on (leanprover/lean4export, format_ndjson.md, version 3.1.0). Metadata in terms is left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from proofagent.errors import OleanError
from proofagent.lean.olean.constants import Constant, Constructor, Inductive, Kind, Recursor, Safety
from proofagent.lean.olean.module import Module
from proofagent.lean.olean.names import Name
from proofagent.lean.olean.reach import QUOTIENT, Group, Tick, ordered
from proofagent.lean.olean.terms import (
    APPLY,
    BOUND,
    CONST,
    FORALL,
    IMAX,
    LAMBDA,
    LET,
    LEVELS,
    LITERAL,
    MAX,
    META,
    PARAM,
    PROJECTION,
    SORT,
    SUCC,
    TERMS,
    ZERO,
    Fields,
    Reader,
    Term,
)

FORMAT = "3.1.0"
MAX_BOUND = (1 << 20) - 2
"""Kernels keep one more than the largest index of a loose variable in 20 bits."""

MAX_TEXT = 256 << 20
"""Characters of an export. What a file has once may be written as often as it is mentioned."""

_BINDERS = dict(enumerate(("default", "implicit", "strictImplicit", "instImplicit")))
_CACHED = 8
"""Bytes of a term's cached hash and sizes, which stand before its other scalars."""

Line = dict[str, object]


def export(module: Module, names: Iterable[str], tick: Tick = lambda: None) -> str:
    """The declarations `names` of `module`, and no others that they rest on, as lines of the format.

    `tick` is called all the time, and may raise to end it. Raises `OleanError` where the module is malformed, a
    declaration rests on itself, a term is beyond what kernels can hold, or the text longer than `MAX_TEXT`.
    """
    return written(ordered(module, names, tick), module.lean_version, module.githash, tick)


def written(groups: Iterable[Group], lean_version: str, githash: str, tick: Tick = lambda: None) -> str:
    """Groups of one or several modules, in this order, as lines of the format; `tick` and errors as `export`."""
    writer = _Writer(lean_version, githash, tick)
    for group in groups:
        writer.declare(group)
    return "\n".join([*writer.lines, ""])


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What is written of one file, by place there."""

    terms: dict[int, int] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    lists: dict[int, list[int]] = field(default_factory=dict)


class _Writer:
    """Numbers what it writes: names and levels from 1 (0 is the anonymous name, and zero), terms from 0.

    The same term of two files is written once.
    """

    def __init__(self, lean_version: str, githash: str, tick: Tick) -> None:
        self._tick, self._room = tick, MAX_TEXT
        lean = {"githash": githash, "version": lean_version}
        meta = {"exporter": {"name": "proofagent", "version": "1"}, "lean": lean, "format": {"version": FORMAT}}
        self.lines = [json.dumps({"meta": meta})]
        self._names: dict[Name, int] = {Name(): 0}
        self._term_lines: dict[str, int] = {}
        self._level_lines: dict[str, int] = {}
        self._files: dict[Reader, _Numbers] = {}
        self._here = _Numbers()

    def declare(self, group: Group) -> None:
        """Write one group."""
        if group[0].kind is not Kind.INDUCTIVE:
            for member in group:
                self._line({_WORDS[member.kind]: self._common(member) | self._single(member)})
            return
        parts = {
            word: [self._common(member) | self._member(member) for member in group if member.kind is kind]
            for word, kind in (("types", Kind.INDUCTIVE), ("ctors", Kind.CONSTRUCTOR), ("recs", Kind.RECURSOR))
        }
        self._line({"inductive": parts})

    def _common(self, constant: Constant) -> Line:
        params = [self.name(param) for param in constant.level_params]
        return {"name": self.name(constant.name), "levelParams": params, "type": self.term(constant.type)}

    def _single(self, constant: Constant) -> Line:
        unsafe: Line = {"isUnsafe": constant.safety is not Safety.SAFE}
        if constant.kind is Kind.QUOTIENT:
            return {"kind": _QUOTIENT[str(constant.name)]}
        if constant.kind is Kind.AXIOM:
            return unsafe
        if constant.value is None:
            raise OleanError(f"{constant.name} cannot be exported: it is a {constant.kind} without a value")
        line: Line = {"value": self.term(constant.value), "all": list(map(self.name, constant.all))}
        if constant.kind is Kind.OPAQUE:
            line |= unsafe
        elif constant.kind is Kind.DEFINITION:
            hints = constant.hints
            line["hints"] = {"regular": hints} if isinstance(hints, int) else hints
            line["safety"] = str(constant.safety)
        return line

    def _member(self, constant: Constant) -> Line:
        detail = constant.detail
        line: Line = {"isUnsafe": constant.safety is not Safety.SAFE}
        if isinstance(detail, Constructor):
            counts = _counts(cidx=detail.index, numParams=detail.params, numFields=detail.fields)
            return line | counts | {"induct": self.name(detail.inductive)}
        line["all"] = list(map(self.name, constant.all))
        if isinstance(detail, Inductive):
            line |= _counts(numParams=detail.params, numIndices=detail.indices, numNested=detail.nested)
            line |= {"isRec": detail.is_rec, "isReflexive": detail.is_reflexive}
            return line | {"ctors": list(map(self.name, detail.constructors))}
        if not isinstance(detail, Recursor):
            raise OleanError(f"{constant.name} cannot be exported: it is no part of an inductive type")
        line |= _counts(numParams=detail.params, numIndices=detail.indices, numMotives=detail.motives)
        rules = [
            {"ctor": self.name(rule.constructor), "rhs": self.term(rule.value)} | _counts(nfields=rule.fields)
            for rule in detail.rules
        ]
        return line | _counts(numMinors=detail.minors) | {"rules": rules, "k": detail.k}

    def name(self, name: Name) -> int:
        """The number of a name, which is written with its prefixes where it is new."""
        if (known := self._names.get(name)) is not None:
            return known
        for length in range(1, len(name) + 1):
            prefix = Name(name[:length])
            if prefix not in self._names:
                self._names[prefix] = number = len(self._names)
                last, before = name[length - 1], self._names[Name(name[: length - 1])]
                piece = ("num", "i") if isinstance(last, int) else ("str", "str")
                self._line({piece[0]: {"pre": before, piece[1]: last}, "in": number})
        return self._names[name]

    def term(self, term: Term) -> int:
        """The number of a term, which is written with its parts where it is new."""
        reader, root = term.place
        self._here = here = self._files.setdefault(reader, _Numbers())
        terms, lines = here.terms, self._term_lines
        for at, tag, fields in reader.parts(root, TERMS, terms):
            if tag == META:
                terms[at] = terms[fields[1]]
                continue
            line = _TERM_LINES[tag](self, reader, at, fields)
            if (number := lines.get(line)) is None:
                number = lines[line] = len(lines)
                self._add(f'{{{line},"ie":{number}}}')
            terms[at] = number
        return terms[root]

    def apply(self, _reader: Reader, _at: int, fields: Fields) -> str:
        return f'"app":{{"fn":{self._here.terms[fields[0]]},"arg":{self._here.terms[fields[1]]}}}'

    def function(self, reader: Reader, at: int, fields: Fields) -> str:
        name, type_, body = self.name(reader.name(fields[0])), self._here.terms[fields[1]], self._here.terms[fields[2]]
        binder = _BINDERS.get(_scalar(reader, at))
        if binder is None:
            raise OleanError(f"malformed .olean file: no binder at {at}")
        return f'{{"name":{name},"type":{type_},"body":{body},"binderInfo":"{binder}"}}'

    def constant(self, reader: Reader, _at: int, fields: Fields) -> str:
        lists = self._here.lists
        if (levels := lists.get(fields[1])) is None:
            levels = lists[fields[1]] = [self._level(reader, item) for item in reader.olean.items(fields[1])]
        return f'"const":{{"name":{self.name(reader.name(fields[0]))},"us":{levels}}}'

    def bound(self, reader: Reader, _at: int, fields: Fields) -> str:
        if (index := reader.olean.natural(fields[0])) > MAX_BOUND:
            raise OleanError("a term of the .olean file has a bound variable beyond what kernels can hold")
        return f'"bvar":{index}'

    def sort(self, reader: Reader, _at: int, fields: Fields) -> str:
        return f'"sort":{self._level(reader, fields[0])}'

    def let(self, reader: Reader, at: int, fields: Fields) -> str:
        type_, value, body = (self._here.terms[each] for each in fields[1:])
        nondep = "true" if _scalar(reader, at) else "false"
        name = self.name(reader.name(fields[0]))
        return f'"letE":{{"name":{name},"type":{type_},"value":{value},"body":{body},"nondep":{nondep}}}'

    def projection(self, reader: Reader, _at: int, fields: Fields) -> str:
        structure, index = self.name(reader.name(fields[0])), reader.olean.natural(fields[1])
        _counts(idx=index)
        return f'"proj":{{"typeName":{structure},"idx":{index},"struct":{self._here.terms[fields[2]]}}}'

    def literal(self, reader: Reader, _at: int, fields: Fields) -> str:
        tag, inner = reader.olean.constructor(fields[0])
        if tag > 1 or len(inner) != 1:
            raise OleanError(f"malformed .olean file: no literal at {fields[0]}")
        if tag == 1:
            return f'"strVal":{json.dumps(reader.olean.string(inner[0]))}'
        return f'"natVal":"{_decimal(reader.olean.natural(inner[0]))}"'

    def _level(self, reader: Reader, root: int) -> int:
        levels, lines = self._here.levels, self._level_lines
        for at, tag, fields in reader.parts(root, LEVELS, levels):
            if tag == ZERO:
                levels[at] = 0
                continue
            piece: Line
            if tag == PARAM:
                piece = {"param": self.name(reader.name(fields[0]))}
            else:
                word, parts = _LEVEL_WORDS[tag], [levels[each] for each in fields]
                piece = {word: parts[0] if tag == SUCC else parts}
            line = json.dumps(piece)
            if line not in lines:
                lines[line] = len(lines) + 1
                self._line(piece | {"il": lines[line]})
            levels[at] = lines[line]
        return levels[root]

    def _line(self, fields: Line) -> None:
        self._add(json.dumps(fields, separators=(",", ":")))

    def _add(self, line: str) -> None:
        self._tick()
        self._room -= len(line)
        if self._room < 0:
            raise OleanError(f"the declarations are longer than {MAX_TEXT >> 20} MB when they are written out")
        self.lines.append(line)


def _scalar(reader: Reader, at: int) -> int:
    """The byte of a term that stands behind what is cached: kind of a binder, or whether a `let` is a `have`."""
    return reader.olean.flags(at, _CACHED + 1)[_CACHED]


_TERM_LINES: Mapping[int, Callable[[_Writer, Reader, int, Fields], str]] = {
    APPLY: _Writer.apply,
    LAMBDA: lambda writer, *place: f'"lam":{writer.function(*place)}',
    FORALL: lambda writer, *place: f'"forallE":{writer.function(*place)}',
    CONST: _Writer.constant,
    BOUND: _Writer.bound,
    SORT: _Writer.sort,
    LET: _Writer.let,
    PROJECTION: _Writer.projection,
    LITERAL: _Writer.literal,
}
_LEVEL_WORDS = {SUCC: "succ", MAX: "max", IMAX: "imax"}
_WORDS = {
    Kind.AXIOM: "axiom",
    Kind.DEFINITION: "def",
    Kind.THEOREM: "thm",
    Kind.OPAQUE: "opaque",
    Kind.QUOTIENT: "quot",
}
_QUOTIENT = dict(zip(QUOTIENT, ("type", "ctor", "lift", "ind"), strict=True))


def _counts(**numbers: int) -> Line:
    """How many of what a declaration has; the numbers are small in any that a kernel takes."""
    if max(numbers.values()) > MAX_BOUND:
        raise OleanError("a declaration of the .olean file counts more than there can be")
    return dict(numbers)


def _decimal(number: int) -> str:
    """`str` of a number of any size, which Python itself refuses beyond some thousand digits."""
    if number < 10**4000:
        return str(number)
    half = int(number.bit_length() * 0.30103) // 2
    high, low = divmod(number, 10**half)
    return _decimal(high) + _decimal(low).rjust(half, "0")
