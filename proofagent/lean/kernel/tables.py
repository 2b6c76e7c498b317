"""Lines of Lean's export format as objects of Lean: names, levels and terms by number, and declarations.

What is made badly ends the process, so all that is read is checked first. Layouts are those of Lean 4.35's
`Declaration` and `ConstantInfo` (src/Lean/Declaration.lean).
"""

import ctypes
import struct
from collections.abc import Callable, Iterable
from typing import Any

from proofagent.lean.kernel.objects import Lean, Object, box, field, items
from proofagent.lean.olean.names import Name

MAX_BOUND = (1 << 20) - 2

Fields = dict[str, Any]
"""A line of the format, of which nothing is known yet."""


class Malformed(Exception):
    """The request makes no sense."""


def whole(value: object, below: int = 1 << 63) -> int:
    if type(value) is not int or not 0 <= value < below:
        raise Malformed(f"no number below {below}: {value!r:.40}")
    return value


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed(f"no truth value: {value!r:.40}")
    return value


def pair(value: Any) -> Any:
    if len(value) != 2:
        raise Malformed("a pair of levels was expected")
    return value


def decimal(digits: Any) -> int:
    if not (digits.isascii() and digits.isdigit()):
        raise Malformed("no numeral")
    return int(digits)


Keys = tuple[tuple[int, str], ...]
_DERIVED: dict[str, tuple[int, Keys, Keys]] = {
    "types": (6, ((2, "numIndices"), (5, "numNested")), ((0, "isRec"), (2, "isReflexive"))),
    "ctors": (5, ((2, "cidx"), (3, "numParams"), (4, "numFields")), ()),
    "recs": (7, ((2, "numParams"), (3, "numIndices"), (4, "numMotives"), (5, "numMinors")), ((0, "k"),)),
}
"""Of `InductiveVal`, `ConstructorVal` and `RecursorVal`: how many fields, then numbers among them and flags after
them, each by its place."""


class Tables:
    """Names, levels and terms by number, and the declarations that are made of them."""

    def __init__(self, lean: Lean) -> None:
        self.lean = lean
        self.names, self.levels, self.terms = [box(0)], [lean.zero], list[Object]()
        self._spelled = [Name()]
        self._make: dict[str, Callable[[Any], Object]] = {
            "succ": lambda d: lean.succ(self.level(d)),
            "max": lambda d: lean.max(*map(self.level, pair(d))),
            "imax": lambda d: lean.imax(*map(self.level, pair(d))),
            "param": lambda d: lean.param(self.name(d)),
            "bvar": lambda d: lean.bound(box(whole(d, MAX_BOUND + 1))),
            "sort": lambda d: lean.sort(self.level(d)),
            "const": lambda d: lean.constant(self.name(d["name"]), lean.list(map(self.level, d["us"]))),
            "app": lambda d: lean.apply(self.term(d["fn"]), self.term(d["arg"])),
            "lam": lambda d: lean.function(*self._binder(d)),
            "forallE": lambda d: lean.forall(*self._binder(d)),
            "letE": lambda d: lean.let(
                self.name(d["name"]), *(self.term(d[key]) for key in ("type", "value", "body")), truth(d["nondep"])
            ),
            "proj": lambda d: lean.projection(self.name(d["typeName"]), box(whole(d["idx"])), self.term(d["struct"])),
            "natVal": lambda d: lean.literal(lean.constructor(0, (lean.natural(decimal(d)),))),
            "strVal": lambda d: lean.literal(lean.constructor(1, (lean.string(d),))),
        }

    def name(self, number: object) -> Object:
        return self.names[whole(number, len(self.names))]

    def level(self, number: object) -> Object:
        return self.levels[whole(number, len(self.levels))]

    def term(self, number: object) -> Object:
        return self.terms[whole(number, len(self.terms))]

    def text(self, number: object) -> str:
        """A name as the parent writes it too: no two names are written alike."""
        return str(self._spelled[whole(number, len(self._spelled))])

    def part(self, line: Fields) -> bool:
        """Whether the line is a name, level or term, which is then in its table."""
        if (number := line.get("ie")) is not None:
            self._turn(number, self.terms)
            self.terms.append(self._made(line, "ie"))
        elif (number := line.get("in")) is not None:
            self._turn(number, self.names)
            self._name(line)
        elif (number := line.get("il")) is not None:
            self._turn(number, self.levels)
            self.levels.append(self._made(line, "il"))
        else:
            return False
        return True

    def _made(self, line: Fields, key: str) -> Object:
        word = next((word for word in line if word != key), "")
        if len(line) != 2 or word not in self._make:
            raise Malformed(f"a part of an unknown kind: {word:.40}")
        return self._make[word](line[word])

    def _name(self, line: Fields) -> None:
        new = line["str"] if "str" in line else line["num"]
        before = self.name(new["pre"])
        last = new["str"] if "str" in line else whole(new["i"])
        make = self.lean.name_string if isinstance(last, str) else self.lean.name_number
        self.names.append(make(before, self.lean.string(last) if isinstance(last, str) else box(last)))
        self._spelled.append(Name((*self._spelled[new["pre"]], last)))

    @staticmethod
    def _turn(number: object, table: list[Any]) -> None:
        if number != len(table):
            raise Malformed(f"number {number!r:.40} is out of turn")

    def _binder(self, d: Fields) -> tuple[Object, Object, Object, int]:
        kinds = "default", "implicit", "strictImplicit", "instImplicit"
        return self.name(d["name"]), self.term(d["type"]), self.term(d["body"]), kinds.index(d["binderInfo"])

    def all(self, numbers: Iterable[object]) -> Object:
        return self.lean.list(map(self.name, numbers))

    def value(self, d: Fields) -> Object:
        """`ConstantVal`."""
        return self.lean.constructor(0, (self.name(d["name"]), self.all(d["levelParams"]), self.term(d["type"])))

    def axiom(self, d: Fields) -> Object:
        """`Declaration` of an axiom of that name and type, whatever it is."""
        return self.lean.constructor(0, (self.lean.constructor(0, (self.value(d),), b"\0"),))

    def theorem(self, d: Fields, value: Object) -> Object:
        return self.lean.constructor(2, (self.lean.constructor(0, (self.value(d), value, self.all(d["all"]))),))

    def declaration(self, word: str, d: Fields) -> Object:
        """`Declaration`, by the word with which its line begins."""
        make = self.lean.constructor
        if word == "axiom":
            return make(0, (make(0, (self.value(d),), bytes([truth(d["isUnsafe"])])),))
        if word == "thm":
            return self.theorem(d, self.term(d["value"]))
        if word == "def":
            safety = ("unsafe", "safe", "partial").index(d["safety"])
            body = self.term(d["value"]), self._hints(d["hints"]), self.all(d["all"])
            return make(1, (make(0, (self.value(d), *body), bytes([safety])),))
        if word == "opaque":
            unsafe = bytes([truth(d["isUnsafe"])])
            return make(3, (make(0, (self.value(d), self.term(d["value"]), self.all(d["all"])), unsafe),))
        if word == "quot":
            return box(4)
        if word == "inductive":
            return self._inductive(d["types"], d["ctors"])
        raise Malformed(f"a line of an unknown kind: {word:.40}")

    def _hints(self, hints: Any) -> Object:
        if isinstance(hints, dict):
            return self.lean.constructor(2, (), struct.pack("<I", whole(hints["regular"], 1 << 32)))
        return box(("opaque", "abbrev").index(hints))

    def _inductive(self, types: list[Fields], constructors: list[Fields]) -> Object:
        make, first = self.lean.constructor, types[0]
        made = []
        for type_ in types:
            own = [c for c in constructors if c["induct"] == type_["name"]]
            ctors = self.lean.list(make(0, (self.name(c["name"]), self.term(c["type"]))) for c in own)
            made.append(make(0, (self.name(type_["name"]), self.term(type_["type"]), ctors)))
        fields = self.all(first["levelParams"]), box(whole(first["numParams"])), self.lean.list(made)
        return make(6, fields, bytes([truth(first["isUnsafe"])]))

    def differs(self, environment: Object, group: Fields) -> str:
        """What the kernel derived from an inductive type otherwise than the lines say; empty where nothing."""
        for part, shape in _DERIVED.items():
            for member in group[part]:
                if said := self._other(environment, member, *shape):
                    return said
        return ""

    def _other(self, environment: Object, d: Fields, fields: int, numbers: "Keys", flags: "Keys") -> str:
        name = self.text(d["name"])
        found = self.lean.find(environment, self.name(d["name"]))
        if found is None:
            return f"there is no {name}"
        constant, scalars = field(found, 0), found + 8 + 8 * fields
        params = [self.name(number) for number in d["levelParams"]]
        if not self._same(list(items(field(constant, 1))), params, self.lean.same_name):
            return f"{name} has other universe parameters"
        if not self.lean.same_term(field(constant, 2), self.term(d["type"])):
            return f"{name} has another type"
        for index, key in numbers:
            if field(found, index) != box(whole(d[key])):
                return f"{name} has another {key}"
        for index, key in flags:
            if ctypes.c_uint8.from_address(scalars + index).value != truth(d[key]):
                return f"{name} has another {key}"
        rules = d.get("rules")
        return "" if rules is None or self._rules(list(items(field(found, 6))), rules) else f"{name} has other rules"

    def _rules(self, derived: list[Object], stated: list[Fields]) -> bool:
        return len(derived) == len(stated) and all(
            self.lean.same_name(field(rule, 0), self.name(d["ctor"]))
            and field(rule, 1) == box(whole(d["nfields"]))
            and self.lean.same_term(field(rule, 2), self.term(d["rhs"]))
            for rule, d in zip(derived, stated, strict=True)
        )

    @staticmethod
    def _same(one: list[Object], other: list[Object], equal: Callable[[Object, Object], int]) -> bool:
        return len(one) == len(other) and all(map(equal, one, other))
