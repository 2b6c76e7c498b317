"""A small language of Lean's terms and declarations, and its lines in Lean's export format (NDJSON, 3.1.0).

Nothing is checked: what a kernel must refuse can be written as easily as what it must take. Where a term is expected,
a string is the constant of that name (without levels) or the variable of the binder of that name around it, and a
number is a literal; where a level is expected, a number is a numeral and a string a parameter.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

frozen = dataclass(frozen=True, slots=True)


@frozen
class Level:
    word: str  # zero, succ, max, imax, param
    parts: tuple["Level | str", ...] = ()


@frozen
class Term:
    """What a line of the format says: its word, the terms in it, and all else; by their keys."""

    word: str
    inner: tuple[tuple[str, "Term"], ...] = ()
    rest: tuple[tuple[str, object], ...] = ()

    def __call__(self, *arguments: "Term | int | str") -> "Term":
        made = self
        for each in arguments:
            made = Term("app", (("fn", made), ("arg", term(each))))
        return made


LevelLike = Level | int | str
TermLike = Term | int | str
Binder = tuple[str, TermLike]


@frozen
class Plain:
    """`Axiom`, `Definition`, `Theorem`, `Opaque` or `Quotient` (one of its four parts, `hints` says which)."""

    word: str
    name: str
    type: TermLike
    value: TermLike = ""
    params: tuple[str, ...] = ()
    hints: str | int = "abbrev"
    safety: str = "safe"


@frozen
class Inductive:
    """Families (name, type, constructors) with `fixed` parameters, nested by `nested` types; recursors are implied."""

    families: tuple[tuple[str, TermLike, tuple[tuple[str, TermLike], ...]], ...]
    fixed: int = 0
    params: tuple[str, ...] = ()
    nested: int = 0
    safety: str = "safe"


Declaration = Plain | Inductive
Axiom, Definition, Theorem = partial(Plain, "axiom"), partial(Plain, "def"), partial(Plain, "thm")
Opaque, Quotient = partial(Plain, "opaque"), partial(Plain, "quot")


def level(of: LevelLike) -> Level:
    if isinstance(of, int):
        return succ(of - 1) if of else Level("zero")
    return Level("param", (of,)) if isinstance(of, str) else of


def _level(word: str, *of: LevelLike) -> Level:
    return Level(word, tuple(map(level, of)))


succ, most, imax = (partial(_level, word) for word in ("succ", "max", "imax"))


def term(of: TermLike) -> Term:
    if isinstance(of, int):
        return _atom("natVal", str(of))
    return const(of) if isinstance(of, str) else of


def sort(of: LevelLike) -> Term:
    return Term("sort", rest=(("", level(of)),))


def const(name: str, *levels: LevelLike) -> Term:
    return Term("const", rest=(("name", name), ("us", tuple(map(level, levels)))))


def _atom(word: str, of: int | str) -> Term:
    return Term(word, rest=(("", of),))


bound, text = partial(_atom, "bvar"), partial(_atom, "strVal")


def call(function: TermLike, *arguments: TermLike) -> Term:
    return term(function)(*arguments)


def fun(*binders: Binder, body: TermLike) -> Term:
    """`fun(("x", "Nat"), ("y", "Nat"), body="x")`; the last binder is the innermost."""
    return _bound("lam", binders, body)


def pi(*binders: Binder, to: TermLike) -> Term:
    return _bound("forallE", binders, to)


def arrow(*types: TermLike) -> Term:
    """A function type of which nothing depends on an argument."""
    return pi(*(("_", each) for each in types[:-1]), to=types[-1])


def let(name: str, type_: TermLike, value: TermLike, body: TermLike, *, nondep: bool = False) -> Term:
    inner = ("type", term(type_)), ("value", term(value)), ("body", _closed(term(body), const(name), 0))
    return Term("letE", inner, (("name", name), ("nondep", nondep)))


def project(structure: str, index: int, of: TermLike) -> Term:
    return Term("proj", (("struct", term(of)),), (("typeName", structure), ("idx", index)))


PROP, TYPE = sort(0), sort(1)


def inductive(name: str, type_: TermLike, *constructors: tuple[str, TermLike], fixed: int = 0, **more) -> Inductive:
    """One type; its constructors are named without its name."""
    own = tuple((f"{name}.{last}", of) for last, of in constructors)
    return Inductive(((name, type_, own),), fixed, **more)


def names(of: Declaration) -> tuple[str, ...]:
    return tuple(name for name, *_ in of.families) if isinstance(of, Inductive) else (of.name,)


def parts(of: Term) -> Iterator[Term]:
    yield of
    for _, each in of.inner:
        yield from parts(each)


def constants(of: Term) -> set[str]:
    literals = {"natVal": {"Nat"}, "strVal": {"String", "List", "Char"}}
    named = {str(each.rest[0][1]) for each in parts(of) if each.word in {"const", "proj"}}
    return named.union(*(literals.get(each.word, ()) for each in parts(of)))


def lines(declarations: Iterable[Declaration]) -> str:
    """The declarations in Lean's export format."""
    writer = _Writer()
    for each in declarations:
        line = {"inductive": writer.inductive(each)} if isinstance(each, Inductive) else {each.word: writer.plain(each)}
        writer.written.append(json.dumps(line))
    return "\n".join([*writer.written, ""])


def _bound(word: str, binders: tuple[Binder, ...], body: TermLike) -> Term:
    made = term(body)
    for name, type_ in reversed(binders):
        inner = ("type", term(type_)), ("body", _closed(made, const(name), 0))
        made = Term(word, inner, (("name", name), ("binderInfo", "default")))
    return made


def _closed(of: Term, variable: Term, depth: int) -> Term:
    """The term with the variable bound by the binder that is `depth` binders further out."""
    if of == variable:
        return bound(depth)
    inner = tuple((key, _closed(each, variable, depth + (key == "body"))) for key, each in of.inner)
    return replace(of, inner=inner) if inner else of


def _domains(of: TermLike, skipped: int = 0) -> list[Term]:
    inner = dict(of.inner) if isinstance(of, Term) and of.word == "forallE" else {}
    return [inner["type"], *_domains(inner["body"])][skipped:] if inner else []


@dataclass(slots=True)
class _Writer:
    """Numbers what it writes: names and levels from 1 (0 is the anonymous name, and zero), terms from 0."""

    written: list[str] = field(default_factory=lambda: ['{"meta":{"format":{"version":"3.1.0"}}}'])
    numbers: dict[str, dict[str, int]] = field(default_factory=lambda: {"in": {"": 0}, "il": {"": 0}, "ie": {}})

    def part(self, key: str, word: str, content: object) -> int:
        line, known = json.dumps({word: content}), self.numbers[key]
        if line not in known:
            known[line] = len(known)
            self.written.append(json.dumps({word: content, key: known[line]}))
        return known[line]

    def name(self, name: str) -> int:
        before, _, last = name.rpartition(".")
        return self.part("in", "str", {"pre": self.name(before), "str": last}) if name else 0

    def level(self, of: Level) -> int:
        inner = [self.name(each) if isinstance(each, str) else self.level(each) for each in of.parts]
        return self.part("il", of.word, inner if len(inner) == 2 else inner[0]) if inner else 0

    def term(self, of: Term) -> int:
        made = {key: self.term(each) for key, each in of.inner} | {key: self.rest(key, each) for key, each in of.rest}
        return self.part("ie", of.word, made.get("", made))

    def rest(self, key: str, of: object) -> object:
        if isinstance(of, tuple):
            return list(map(self.level, of))
        if isinstance(of, Level):
            return self.level(of)
        return self.name(str(of)) if key in {"name", "typeName"} else of

    def common(self, name: str, params: tuple[str, ...], type_: TermLike) -> dict[str, object]:
        return {"name": self.name(name), "levelParams": list(map(self.name, params)), "type": self.term(term(type_))}

    def plain(self, of: Plain) -> dict[str, object]:
        made = self.common(of.name, of.params, of.type)
        if of.word == "quot":
            return made | {"kind": of.hints}
        if of.word != "axiom":
            made |= {"value": self.term(term(of.value)), "all": [made["name"]]}
        if of.word == "def":
            made |= {"hints": {"regular": of.hints} if isinstance(of.hints, int) else of.hints, "safety": of.safety}
        elif of.word != "thm":
            made["isUnsafe"] = of.safety != "safe"
        return made

    def inductive(self, of: Inductive) -> dict[str, object]:
        group, unsafe = list(map(self.name, names(of))), {"isUnsafe": of.safety != "safe"}
        every = [type_ for *_, constructors in of.families for _, type_ in constructors]
        own = [e for type_ in every for e in _domains(type_, of.fixed) if constants(e) & set(names(of))]
        functions = [part for each in own for part in parts(each) if part.word == "forallE"]
        flags = {"isRec": bool(own), "isReflexive": any(constants(e) & set(names(of)) for e in functions), **unsafe}
        line: dict[str, list[object]] = {"types": [], "ctors": [], "recs": []}
        for name, type_, constructors in of.families:
            counts = {"numParams": of.fixed, "numIndices": len(_domains(type_, of.fixed)), "numNested": of.nested}
            common = self.common(name, of.params, type_) | counts | flags | {"all": group}
            line["types"].append(common | {"ctors": [self.name(each) for each, _ in constructors]})
            for index, (constructor, result) in enumerate(constructors):
                counts = {"cidx": index, "numParams": of.fixed, "numFields": len(_domains(result, of.fixed))}
                common = self.common(constructor, of.params, result) | counts | unsafe
                line["ctors"].append(common | {"induct": self.name(name)})
        return line
