"""A native kernel of Lean, served by a process of its own: one JSON request a line in, one JSON reply a line out.

    usage: python -I host.py LIBRARY SOCKET          (LIBRARY: libleanshared.so; SOCKET: a descriptor)

    {"op":"check","lines":"...","new":["t"]}  ->  {"taken":1,"checked":412,"assumed":52,
                                                   "refused":[{"names":["t"],"error":".."}],"opaque":["Nat.gcd"]}
        declarations in Lean's export format (3.1.0), each given to the kernel, none elaborated. Those that are not
        `new` are the library's: `checked` of them the kernel took with their bodies, `assumed` have none or one that
        does not stand alone, and of these `opaque` are no propositions.
    every reply also has: id, ms, version, or error (text)

Objects of Lean are made here by hand and never freed: a reference count of 0 means that nobody counts. What is made
badly ends the process, so all that is read is checked first. Nothing of the project is imported, for a quick start.

Layouts are those of lean.h (8 bytes of header: int32 count, uint16 size, uint8 fields, uint8 tag) and of Lean 4.35's
`Declaration`, `ConstantInfo` and `KernelException` (src/Lean/Declaration.lean, src/Lean/Environment.lean).
"""

import ctypes
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

PROTOCOL = 1
MAX_BOUND = (1 << 20) - 2
MEMORY = 8 << 30
"""Bytes of addresses that the process may have."""

ERRORS = (
    *("unknown constant", "already declared", "the value has not the type of the declaration", "metavariables"),
    *("free variables", "a function was expected", "a type was expected", "a `let` value has another type"),
    *("an expression has another type", "an argument has not the type that the function takes"),
    *("a projection of what is no structure", "the type of a theorem is no proposition", "other"),
    *("deterministic timeout", "excessive memory", "deep recursion", "interrupted"),
)
"""By tag of `KernelException`; the embedded engine says the same words."""
NO_PROPOSITION, OTHER = 11, 12

Object = int
Fields = dict[str, Any]
"""A line of the format, of which nothing is known yet."""


class Malformed(Exception):
    """The request makes no sense."""


class Lean:
    """The functions of the library, and objects made of bytes."""

    def __init__(self, library: str) -> None:
        self._library = ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
        pointer, word, byte = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint8
        self._function("lean_initialize", None)()
        self._function("lean_io_mark_end_initialization", None)()
        self._function("lean_init_task_manager", None)()
        self._allocate = self._function("lean_alloc_object", pointer, word)
        self._string = self._function("lean_mk_string_from_bytes", pointer, ctypes.c_char_p, word)
        self._natural = self._function("lean_cstr_to_nat", pointer, ctypes.c_char_p)
        self.zero = self._maker("lean_level_mk_zero", pointer)(box(0))
        self.succ = self._maker("lean_level_mk_succ", pointer)
        self.max = self._maker("lean_level_mk_max", pointer, pointer)
        self.imax = self._maker("lean_level_mk_imax", pointer, pointer)
        self.param = self._maker("lean_level_mk_param", pointer)
        self.name_string = self._maker("lean_name_mk_string", pointer, pointer)
        self.name_number = self._maker("lean_name_mk_numeral", pointer, pointer)
        self.bound = self._maker("lean_expr_mk_bvar", pointer)
        self.sort = self._maker("lean_expr_mk_sort", pointer)
        self.constant = self._maker("lean_expr_mk_const", pointer, pointer)
        self.apply = self._maker("lean_expr_mk_app", pointer, pointer)
        self.function = self._maker("lean_expr_mk_lambda", pointer, pointer, pointer, byte)
        self.forall = self._maker("lean_expr_mk_forall", pointer, pointer, pointer, byte)
        self.let = self._maker("l_Lean_Expr_letE___override", pointer, pointer, pointer, pointer, byte)
        self.projection = self._maker("lean_expr_mk_proj", pointer, pointer, pointer)
        self.literal = self._maker("lean_expr_mk_lit", pointer)
        self._add = self._function("lean_add_decl", pointer, pointer, word, word, pointer, pointer)
        self._find = self._function("lean_environment_find", pointer, pointer, pointer)
        self.same_term = self._function("lean_expr_eqv", byte, pointer, pointer)
        self.same_name = self._function("lean_name_eq", byte, pointer, pointer)
        kernel = self._function("lean_elab_environment_to_kernel_env", pointer, pointer)
        made = self._function("l_Lean_mkEmptyEnvironment", pointer, ctypes.c_uint32)(0)  # trust nothing
        self.empty = keep(kernel(keep(field(made, 0))))
        self.version = text(pointer.in_dll(self._library, "l_Lean_versionString").value or 0)

    def _function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        found = self._library[name]
        found.restype, found.argtypes = result, list(arguments)
        return found

    def _maker(self, name: str, *arguments: Any) -> Callable[..., Object]:
        make = self._function(name, ctypes.c_void_p, *arguments)
        return lambda *given: keep(make(*given))

    def constructor(self, tag: int, fields: Iterable[Object], scalars: bytes = b"") -> Object:
        """A constructor object with these fields, and bytes after them."""
        words = tuple(fields)
        size = (8 + 8 * len(words) + len(scalars) + 7) // 8 * 8
        made: Object = self._allocate(size)
        data = struct.pack(f"<iHBB{len(words)}Q", 0, size, len(words), tag, *words) + scalars
        ctypes.memmove(made, data.ljust(size, b"\0"), size)
        return made

    def list(self, items: Iterable[Object]) -> Object:
        made = box(0)
        for item in reversed(list(items)):
            made = self.constructor(1, (item, made))
        return made

    def string(self, text: str) -> Object:
        data = text.encode()
        return keep(self._string(data, len(data)))

    def natural(self, number: int) -> Object:
        return box(number) if number < 1 << 63 else keep(self._natural(str(number).encode()))

    def add(self, environment: Object, declaration: Object) -> tuple[Object | None, str]:
        """The environment with one more declaration; or None and what the kernel says. No heartbeat ends it."""
        result = self._add(environment, 0, 1000, declaration, box(0))
        value = field(result, 0)
        if tag(result) == 1:
            return keep(value), ""
        error = tag(value)
        said = ERRORS[error] if error < len(ERRORS) else f"error {error}"
        return None, text(field(value, 0)) if error == OTHER else said

    def find(self, environment: Object, name: Object) -> Object | None:
        """The value (`InductiveVal` and so on) of a declared constant."""
        found = self._find(environment, name)
        return None if found & 1 else field(keep(field(found, 0)), 0)


def box(number: int) -> Object:
    return number << 1 | 1


def keep(made: Object) -> Object:
    """An object that is never freed."""
    if not made & 1:
        ctypes.c_int32.from_address(made).value = 0
    return made


def field(of: Object, index: int) -> Object:
    return ctypes.c_uint64.from_address(of + 8 + 8 * index).value


def tag(of: Object) -> int:
    return of >> 1 if of & 1 else ctypes.c_uint8.from_address(of + 7).value


def text(of: Object) -> str:
    """A string of Lean; its size, with the zero at the end, stands behind the header."""
    return ctypes.string_at(of + 32, ctypes.c_uint64.from_address(of + 8).value - 1).decode("utf-8", "replace")


def items(of: Object) -> Iterator[Object]:
    while not of & 1:
        yield field(of, 0)
        of = field(of, 1)


def whole(value: object, below: int = 1 << 63) -> int:
    if type(value) is not int or not 0 <= value < below:
        raise Malformed(f"no number below {below}: {value!r:.40}")
    return value


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed(f"no truth value: {value!r:.40}")
    return value


class Tables:
    """Names, levels and terms by number, and the declarations that are made of them."""

    def __init__(self, lean: Lean) -> None:
        self.lean = lean
        self.names, self.texts, self.levels, self.terms = [box(0)], [""], [lean.zero], list[Object]()
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
        return self.texts[whole(number, len(self.texts))]

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
        self.texts.append(".".join(filter(None, (self.text(new["pre"]), str(last)))))

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


Keys = tuple[tuple[int, str], ...]
_DERIVED: dict[str, tuple[int, Keys, Keys]] = {
    "types": (6, ((2, "numIndices"), (5, "numNested")), ((0, "isRec"), (2, "isReflexive"))),
    "ctors": (5, ((2, "cidx"), (3, "numParams"), (4, "numFields")), ()),
    "recs": (7, ((2, "numParams"), (3, "numIndices"), (4, "numMotives"), (5, "numMinors")), ((0, "k"),)),
}
"""Of `InductiveVal`, `ConstructorVal` and `RecursorVal`: how many fields, then numbers among them and flags after
them, each by its place."""


class Check:
    """One request: its lines given to the kernel, one after the other."""

    def __init__(self, lean: Lean, new: Iterable[str]) -> None:
        self._lean, self._tables = lean, Tables(lean)
        self._environment = lean.empty
        self._new = frozenset(new)
        self._assumed: list[Fields] = []
        self._counts = {"taken": 0, "checked": 0, "assumed": 0}
        self._refused: list[Fields] = []

    def run(self, lines: str) -> Fields:
        """The reply."""
        for number, line in enumerate(lines.split("\n")):
            try:
                fields = json.loads(line) if line else {"meta": {}}
                if "meta" not in fields and not self._tables.part(fields):
                    [(word, d)] = fields.items()
                    self._declare(word, d)
            except (Malformed, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                raise Malformed(f"line {number + 1}: {type(error).__name__}: {error}"[:300]) from error
        return {**self._counts, "refused": self._refused, "opaque": self._opaque()}

    def _declare(self, word: str, d: Fields) -> None:
        if word == "quot" and d["kind"] != "type":
            return  # all four come with the first
        members = d["types"] if word == "inductive" else [d]
        names = [self._tables.text(member["name"]) for member in members]
        new = not self._new.isdisjoint(names)
        after, error = self._lean.add(self._environment, self._tables.declaration(word, d))
        if after and word == "inductive" and (said := self._tables.differs(after, d)):
            after, error = None, f"the kernel makes something else of it: {said}"
        if after:
            self._environment = after
            self._counts["taken" if new else "assumed" if word == "axiom" else "checked"] += 1
            if word == "axiom" and not new:
                self._assumed.append(d)
        elif new or word == "inductive" or not self._assume(d):
            self._refused.append({"names": names, "error": error})

    def _assume(self, d: Fields) -> bool:
        """Enter a declaration of the library, whose body does not stand alone here, by its type."""
        if d.get("isUnsafe") or d.get("safety", "safe") != "safe":
            return False  # as an axiom it would be safe
        after, _ = self._lean.add(self._environment, self._tables.axiom(d))
        if after:
            self._environment = after
            self._counts["assumed"] += 1
            self._assumed.append(d)
        return after is not None

    def _opaque(self) -> list[str]:
        """What was assumed and is no proposition: the kernel takes a theorem of any other type for an error."""
        found = []
        probe = self._lean.name_string(box(0), self._lean.string("proofagent probe"))
        for d in self._assumed:
            levels = self._lean.list(self._lean.param(self._tables.name(param)) for param in d["levelParams"])
            constant = self._lean.constant(self._tables.name(d["name"]), levels)
            make = self._lean.constructor
            params, type_ = self._tables.all(d["levelParams"]), self._tables.term(d["type"])
            value = make(0, (make(0, (probe, params, type_)), constant, self._lean.list([probe])))
            _, error = self._lean.add(self._environment, make(2, (value,)))
            if error:
                found.append(self._tables.text(d["name"]))
        return found


def pair(value: Any) -> Any:
    if len(value) != 2:
        raise Malformed("a pair of levels was expected")
    return value


def decimal(digits: Any) -> int:
    if not (digits.isascii() and digits.isdigit()):
        raise Malformed("no numeral")
    return int(digits)


def die_with_parent(parent: int) -> None:
    """A kernel that hangs cannot see that its parent is gone; the system can (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def serve(lean: Lean, channel: socket.socket) -> NoReturn:
    with channel, channel.makefile("rwb") as stream:
        stream.write(json.dumps({"ready": True, "protocol": PROTOCOL}).encode() + b"\n")
        stream.flush()
        for line in stream:
            began, request = time.perf_counter(), json.loads(line)
            try:
                body = Check(lean, request["new"]).run(request["lines"])
            except Malformed as error:
                body = {"error": str(error)}
            ms = round((time.perf_counter() - began) * 1000, 3)
            reply = {"id": request["id"], "ms": ms, "version": lean.version, **body}
            stream.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
            stream.flush()
    sys.exit(0)


def main(library: str, descriptor: str) -> NoReturn:
    die_with_parent(os.getppid())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.set_int_max_str_digits(0)
    serve(Lean(library), socket.socket(fileno=int(descriptor)))


if __name__ == "__main__":
    main(*sys.argv[1:])
