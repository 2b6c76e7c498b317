"""The declarations that several cases share, from nothing on, and what a case is.

Names and forms are Lean's own where a kernel knows them: it computes with numerals by GMP for `Nat.add` and its like,
whatever these are defined to be, turns text into `String.ofList`, and takes quotients only where `Eq` has its form.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from terms import (
    PROP,
    TYPE,
    Declaration,
    Definition,
    Inductive,
    Plain,
    Quotient,
    Term,
    TermLike,
    Theorem,
    arrow,
    call,
    const,
    constants,
    fun,
    inductive,
    names,
    pi,
    sort,
    succ,
    term,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A declaration, the last one, that a kernel must take or must not take; those before it, it must take."""

    name: str
    why: str
    declarations: tuple[Declaration, ...]
    accepted: bool
    embedded: bool | None = None
    """What the older, embedded kernel does, where that is something else."""

    native_only: bool = False
    """Whether the embedded kernel does not even take what is before."""

    out_of_means: bool = False
    """Whether a kernel may refuse it because it gave up."""


def good(name: str, why: str, *declarations: Declaration, embedded: bool | None = None) -> Case:
    return Case(name, why, complete(declarations), accepted=True, embedded=embedded)


def bad(
    name: str, why: str, *declarations: Declaration, embedded: bool | None = None, out_of_means: bool = False
) -> Case:
    return Case(name, why, complete(declarations), accepted=False, embedded=embedded, out_of_means=out_of_means)


def eq(type_: TermLike, left: TermLike, right: TermLike, level: int | str = 1) -> Term:
    return const("Eq", level)(type_, left, right)


def refl(type_: TermLike, of: TermLike, level: int | str = 1) -> Term:
    return const("Eq.refl", level)(type_, of)


def same(
    left: TermLike, right: TermLike, *binders: tuple[str, TermLike], type_: TermLike = "Nat", level: int | str = 1
):
    """The theorem that both sides are the same, for all `binders`, which only computation proves."""
    return Theorem("t", pi(*binders, to=eq(type_, left, right, level)), fun(*binders, body=refl(type_, left, level)))


def numeral(of: int) -> Term:
    """A number in `Nat.succ` and `Nat.zero`."""
    return call("Nat.succ", numeral(of - 1)) if of else const("Nat.zero")


def cond(of: TermLike, yes: TermLike, no: TermLike) -> Term:
    """A number that depends on a truth value."""
    return const("Bool.rec", 1)(fun(("_", "Bool"), body="Nat"), no, yes, of)


def _recursion(step: TermLike, start: TermLike, of: TermLike, motive: TermLike = "Nat") -> Term:
    """By recursion on a number; `step` takes the number before and the result for it."""
    return const("Nat.rec", 1)(fun(("_", "Nat"), body=motive), start, step, of)


def _binary(name: str, body: TermLike, result: str = "Nat") -> Declaration:
    binders = ("n", "Nat"), ("m", "Nat")
    return Definition(f"Nat.{name}", arrow("Nat", "Nat", result), fun(*binders, body=body))


def _by_second(name: str, zero: TermLike, step: TermLike) -> Declaration:
    return _binary(name, _recursion(fun(("_", "Nat"), ("r", "Nat"), body=step), zero, "m"))


_TWO = arrow("Nat", "Nat", "Nat")


def _with_fuel(name: str, fuel: TermLike, out: TermLike, step: TermLike, result: str = "Nat") -> Declaration:
    """Of two numbers, `a` and `b` in the step, where `again` is the function with one less of fuel."""
    arguments = ("a", "Nat"), ("b", "Nat")
    steps = fun(("_", "Nat"), ("again", _TWO), *arguments, body=step)
    return _binary(name, _recursion(steps, fun(*arguments, body=out), fuel, _TWO)("n", "m"), result)


def _bitwise(name: str, bit: TermLike) -> Declaration:
    halves = call("again", call("Nat.div", "a", 2), call("Nat.div", "b", 2))
    return _with_fuel(name, call("Nat.add", "n", "m"), 0, call("Nat.add", bit, call("Nat.mul", 2, halves)))


def _odd(of: str) -> Term:
    return call("Nat.mod", of, 2)


def _second(zero: TermLike, step: TermLike) -> Term:
    """A comparison of what is known already with `b`, which is `k` and one where it is not zero."""
    steps = fun(("k", "Nat"), ("_", "Bool"), body=step)
    return fun(("b", "Nat"), body=_recursion(steps, zero, "b", "Bool"))


def _comparison(name: str, zero_zero: str, zero_more: str) -> Declaration:
    to = arrow("Nat", "Bool")
    step = fun(("_", "Nat"), ("again", to), body=_second("Bool.false", call("again", "k")))
    return _binary(name, _recursion(step, _second(zero_zero, zero_more), "n", to)("m"), "Bool")


def _while_large(yes: TermLike, no: TermLike) -> Term:
    """Whether `b` is not zero and not more than `a`."""
    return cond(call("Nat.ble", 1, "b"), cond(call("Nat.ble", "b", "a"), yes, no), no)


_LESS = call("again", call("Nat.sub", "a", "b"), "b")
_A, _B = ("a", sort("u")), ("b", sort("v"))
_T = ("a", sort(succ("u")))
_LIST = const("List", "u")("a")
_RELATION = arrow("a", "a", PROP)
_QUOT = const("Quot", "u")("a", "r")
_OWN = pi(("y", "a"), to=arrow(call("r", "y", "x"), const("Acc", "u")("a", "r", "y")))
_RESPECT = pi(("x", "a"), ("y", "a"), to=arrow(call("r", "x", "y"), eq("b", call("f", "x"), call("f", "y"), "v")))
_PRED = _recursion(fun(("k", "Nat"), ("_", "Nat"), body="k"), 0, "n")
_WHILE = ("_", "Nat"), ("again", arrow("Nat", "Nat")), ("a", "Nat")
_LOG2 = cond(call("Nat.ble", 2, "a"), call("Nat.succ", call("again", call("Nat.div", "a", 2))), 0)

PRELUDE: tuple[Declaration, ...] = (
    inductive("Nat", TYPE, ("zero", "Nat"), ("succ", arrow("Nat", "Nat"))),
    inductive("Bool", TYPE, ("false", "Bool"), ("true", "Bool")),
    inductive("Empty", TYPE),
    inductive("False", PROP),
    inductive("True", PROP, ("intro", "True")),
    inductive("PUnit", sort("u"), ("unit", const("PUnit", "u")), params=("u",)),
    inductive(
        *("Eq", pi(_A, to=_RELATION), ("refl", pi(_A, ("x", "a"), to=eq("a", "x", "x", "u")))),
        fixed=2,
        params=("u",),
    ),
    inductive(
        *("And", arrow(PROP, PROP, PROP)),
        ("intro", pi(("p", PROP), ("q", PROP), to=arrow("p", "q", call("And", "p", "q")))),
        fixed=2,
    ),
    inductive(
        *("Or", arrow(PROP, PROP, PROP)),
        ("inl", pi(("p", PROP), ("q", PROP), to=arrow("p", call("Or", "p", "q")))),
        ("inr", pi(("p", PROP), ("q", PROP), to=arrow("q", call("Or", "p", "q")))),
        fixed=2,
    ),
    inductive(
        *("Exists", pi(_A, to=arrow(arrow("a", PROP), PROP))),
        (
            "intro",
            pi(_A, ("p", arrow("a", PROP)), ("x", "a"), to=arrow(call("p", "x"), const("Exists", "u")("a", "p"))),
        ),
        fixed=2,
        params=("u",),
    ),
    inductive(
        *("Prod", arrow(TYPE, TYPE, TYPE)),
        ("mk", pi(("a", TYPE), ("b", TYPE), to=arrow("a", "b", call("Prod", "a", "b")))),
        fixed=2,
    ),
    inductive(
        *("Sigma", pi(("a", TYPE), to=arrow(arrow("a", TYPE), TYPE))),
        (
            "mk",
            pi(("a", TYPE), ("b", arrow("a", TYPE)), ("x", "a"), to=arrow(call("b", "x"), call("Sigma", "a", "b"))),
        ),
        fixed=2,
    ),
    inductive(
        *("Subtype", pi(("a", TYPE), to=arrow(arrow("a", PROP), TYPE))),
        (
            "mk",
            pi(("a", TYPE), ("p", arrow("a", PROP)), ("x", "a"), to=arrow(call("p", "x"), call("Subtype", "a", "p"))),
        ),
        fixed=2,
    ),
    inductive(
        *("List", arrow(sort(succ("u")), sort(succ("u")))),
        ("nil", pi(_T, to=_LIST)),
        ("cons", pi(_T, to=arrow("a", _LIST, _LIST))),
        fixed=1,
        params=("u",),
    ),
    inductive(
        *("Vector", arrow(TYPE, "Nat", TYPE)),
        ("nil", pi(("a", TYPE), to=call("Vector", "a", "Nat.zero"))),
        (
            "cons",
            pi(
                ("a", TYPE),
                ("n", "Nat"),
                to=arrow("a", call("Vector", "a", "n"), call("Vector", "a", call("Nat.succ", "n"))),
            ),
        ),
        fixed=1,
    ),
    inductive(
        *("Acc", pi(_A, to=arrow(_RELATION, "a", PROP))),
        ("intro", pi(_A, ("r", _RELATION), ("x", "a"), to=arrow(_OWN, const("Acc", "u")("a", "r", "x")))),
        fixed=2,
        params=("u",),
    ),
    Quotient("Quot", pi(_A, ("r", _RELATION), to=sort("u")), params=("u",), hints="type"),
    Quotient("Quot.mk", pi(_A, ("r", _RELATION), to=arrow("a", _QUOT)), params=("u",), hints="ctor"),
    Quotient(
        "Quot.lift",
        pi(_A, ("r", _RELATION), _B, ("f", arrow("a", "b")), ("h", _RESPECT), to=arrow(_QUOT, "b")),
        params=("u", "v"),
        hints="lift",
    ),
    Quotient(
        "Quot.ind",
        pi(
            *(_A, ("r", _RELATION), ("p", arrow(_QUOT, PROP))),
            *(("h", pi(("x", "a"), to=call("p", const("Quot.mk", "u")("a", "r", "x")))), ("q", _QUOT)),
            to=call("p", "q"),
        ),
        params=("u",),
        hints="ind",
    ),
    Definition("id", pi(_A, to=arrow("a", "a")), fun(_A, ("x", "a"), body="x"), params=("u",)),
    Definition("Nat.pred", arrow("Nat", "Nat"), fun(("n", "Nat"), body=_PRED)),
    _by_second("add", "n", call("Nat.succ", "r")),
    _by_second("sub", "n", call("Nat.pred", "r")),
    _by_second("mul", 0, call("Nat.add", "r", "n")),
    _by_second("pow", 1, call("Nat.mul", "r", "n")),
    _comparison("beq", "Bool.true", "Bool.false"),
    _comparison("ble", "Bool.true", "Bool.true"),
    _with_fuel("div", "n", 0, _while_large(call("Nat.succ", _LESS), 0)),
    _with_fuel("mod", "n", "a", _while_large(_LESS, "a")),
    _with_fuel("gcd", "n", "b", cond(call("Nat.beq", "a", 0), "b", call("again", call("Nat.mod", "b", "a"), "a"))),
    _bitwise("land", call("Nat.mul", _odd("a"), _odd("b"))),
    _bitwise("lor", cond(call("Nat.beq", _odd("a"), 1), 1, _odd("b"))),
    _bitwise("xor", _odd(call("Nat.add", "a", "b"))),
    _by_second("shiftLeft", "n", call("Nat.mul", 2, "r")),
    _by_second("shiftRight", "n", call("Nat.div", "r", 2)),
    Definition(
        "Nat.log2",
        arrow("Nat", "Nat"),
        fun(
            ("n", "Nat"),
            body=_recursion(fun(*_WHILE, body=_LOG2), fun(("_", "Nat"), body=0), "n", arrow("Nat", "Nat"))("n"),
        ),
    ),
    inductive("Char", TYPE, ("ofNat", arrow("Nat", "Char"))),
    inductive("String", TYPE, ("ofList", arrow(const("List", 0)("Char"), "String"))),
)


def declared(by: Declaration) -> set[str]:
    """All names that a declaration brings."""
    families = by.families if isinstance(by, Inductive) else ()
    parts = {f"{name}.rec" for name, *_ in families} | {name for *_, made in families for name, _ in made}
    return parts | set(names(by))


def mentioned(by: Declaration) -> set[str]:
    """All names that a declaration rests on."""
    if isinstance(by, Inductive):
        types = [each for _, type_, made in by.families for each in (type_, *(result for _, result in made))]
        return set().union(*(constants(term(each)) for each in types))
    if by.word == "quot":
        return constants(term(by.type)) | {"Eq"}
    return constants(term(by.type)) | (constants(term(by.value)) if by.word != "axiom" else set())


_BY_NAME = {name: each for each in PRELUDE for name in declared(each)}
QUOTIENT = tuple(each for each in PRELUDE if isinstance(each, Plain) and each.word == "quot")
_QUOTIENT = {each.name for each in QUOTIENT}


def complete(declarations: Iterable[Declaration]) -> tuple[Declaration, ...]:
    """The declarations after those of the prelude that they mention and do not make themselves."""
    own = tuple(declarations)
    made = {name for each in own for name in names(each)}
    wanted: set[str] = set()
    todo = list(own)
    while todo:
        for name in mentioned(todo.pop()):
            found = _BY_NAME.get(name)
            if found is not None and (made | wanted).isdisjoint(names(found)):
                todo.append(found)
                wanted |= set(names(found))
    if wanted & _QUOTIENT:
        wanted |= _QUOTIENT
    return (*(each for each in PRELUDE if not wanted.isdisjoint(names(each))), *own)
