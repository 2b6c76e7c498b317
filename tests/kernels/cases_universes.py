"""Levels: what equals what, which universe a type lies in, and how many levels a constant has."""

from prelude import Case, bad, eq, good, refl, same
from terms import (
    PROP,
    TYPE,
    Axiom,
    Definition,
    LevelLike,
    Theorem,
    arrow,
    call,
    const,
    fun,
    imax,
    inductive,
    most,
    pi,
    sort,
    succ,
)

U, V, W = ("u",), ("u", "v"), ("u", "v", "w")


def universe(left: LevelLike, right: LevelLike, params: tuple[str, ...] = ()):
    """`Sort left` is in the universe that follows `right`: whether both levels are the same."""
    return Definition("d", sort(succ(right)), sort(left), params)


LEVELS: tuple[Case, ...] = (
    good("prop-is-in-type", "`Prop` is in `Type`.", Definition("d", TYPE, PROP)),
    bad("type-in-type", "No universe is in itself.", Definition("d", TYPE, TYPE)),
    bad("type-in-prop", "`Type` is no proposition.", Definition("d", PROP, TYPE)),
    bad(
        "universes-are-not-cumulative",
        "What is in a universe is not in the one after next.",
        Definition("d", sort(2), PROP),
    ),
    bad("sort-u-in-sort-u", "Nor is a universe with a parameter in itself.", Definition("d", sort("u"), sort("u"), U)),
    good("sort-u-in-the-next", "A universe is in the next one.", universe("u", "u", U)),
    bad("other-parameter", "Different parameters are different levels.", universe("u", "v", V)),
    bad("parameter-for-a-numeral", "A parameter is not zero.", universe("u", 0, U)),
    good("imax-one-zero", "`imax 1 0` is 0.", universe(imax(1, 0), 0)),
    good("imax-zero-one", "`imax 0 1` is 1.", universe(imax(0, 1), 1)),
    bad("imax-zero-one-is-not-zero", "`imax 0 1` is not 0.", universe(imax(0, 1), 0)),
    good("imax-two-one", "`imax 2 1` is 2.", universe(imax(2, 1), 2)),
    good("imax-u-zero", "`imax u 0` is 0.", universe(imax("u", 0), 0, U)),
    good("imax-zero-u", "`imax 0 u` is u.", universe(imax(0, "u"), "u", U)),
    good("imax-u-u", "`imax u u` is u.", universe(imax("u", "u"), "u", U)),
    good("imax-one-u", "`imax 1 u` is u.", universe(imax(1, "u"), "u", U)),
    bad(
        "imax-of-successor",
        "`imax u (v+1)` is `max u (v+1)`, which Lean's own kernel does not see (lean4#12747): it refuses too much.",
        universe(imax("u", succ("v")), most("u", succ("v")), V),
    ),
    bad(
        "imax-is-not-max",
        "`imax u v` is 0 where v is, and `max u v` is u.",
        universe(imax("u", "v"), most("u", "v"), V),
    ),
    bad(
        "imax-is-not-commutative", "`imax 0 u` is u, and `imax u 0` is 0.", universe(imax("u", "v"), imax("v", "u"), V)
    ),
    bad("imax-two-u", "`imax 2 u` is not `imax 1 u`, as for u = 1.", universe(imax(2, "u"), imax(1, "u"), U)),
    bad(
        "imax-of-imax",
        "`imax u (imax v w)` is `imax (max u v) w`, which it does not see either.",
        universe(imax("u", imax("v", "w")), imax(most("u", "v"), "w"), W),
    ),
    good("max-commutes", "`max u v` is `max v u`.", universe(most("u", "v"), most("v", "u"), V)),
    good("max-associates", "`max` is associative.", universe(most(most("u", "v"), "w"), most("u", most("v", "w")), W)),
    good("max-u-u", "`max u u` is u.", universe(most("u", "u"), "u", U)),
    good("max-absorbs", "`max u (max u v)` is `max u v`.", universe(most("u", most("u", "v")), most("u", "v"), V)),
    good("max-zero", "`max 0 u` is u.", universe(most(0, "u"), "u", U)),
    good("max-and-its-successor", "`max u (u+1)` is u+1.", universe(most("u", succ("u")), succ("u"), U)),
    good(
        "successor-of-max",
        "`(max u v)+1` is `max (u+1) (v+1)`.",
        universe(succ(most("u", "v")), most(succ("u"), succ("v")), V),
    ),
    bad(
        "successor-of-one-side",
        "`max (u+1) v` is not `(max u v)+1`.",
        universe(most(succ("u"), "v"), succ(most("u", "v")), V),
    ),
    bad("max-one-u", "`max 1 u` is not u, which may be 0.", universe(most(1, "u"), "u", U)),
    bad("max-one-u-is-no-successor", "`max 1 u` is not u+1.", universe(most(1, "u"), succ("u"), U)),
    bad(
        "imax-u-v-plus-one",
        "`(imax u v)+1` is not `imax u v`, as for zeros.",
        universe(succ(imax("u", "v")), imax("u", "v"), V),
    ),
    bad(
        "imax-plus-one-collapses",
        "A map that changes no term does not lead from `Sort (imax u v + 1)` down to `Sort (imax u v)`.",
        Definition(
            "down",
            arrow(sort(succ(imax("u", "v"))), sort(imax("u", "v"))),
            fun(("a", sort(succ(imax("u", "v")))), body="a"),
            V,
        ),
    ),
    bad(
        "imax-plus-one-as-argument",
        "What wants a level `imax u v` does not take one of `imax u v + 1`, however levels are normalised.",
        Axiom("P", arrow(sort(imax("u", "v")), PROP), params=V),
        Axiom("a", sort(succ(imax("u", "v"))), params=V),
        Axiom("d", const("P", "u", "v")(const("a", "u", "v")), params=V),
    ),
    good(
        "levels-of-a-constant",
        "Levels of constants are compared by what they are worth.",
        Axiom("P", PROP, params=U),
        Theorem("t", arrow(const("P", most(1, 0)), const("P", 1)), fun(("h", const("P", imax(0, 1))), body="h")),
    ),
    bad(
        "unused-level-of-an-axiom",
        "The same axiom with two levels is two constants, even where its type says nothing of the level.",
        Axiom("c", "Nat", params=U),
        same(const("c", 0), const("c", 1)),
    ),
    good(
        "unused-level-of-a-definition",
        "Definitions that differ in a level only are the same where their values are.",
        Definition("c", "Nat", 0, U),
        same(const("c", 0), const("c", 1)),
    ),
    good(
        "parameters-have-any-name",
        "A parameter may be called as a constant is.",
        Definition("u", sort(succ("u")), sort("u"), U),
    ),
)

DECLARED: tuple[Case, ...] = (
    bad("undeclared-parameter", "A level parameter must be declared.", Definition("d", sort(succ("u")), sort("u"))),
    bad(
        "undeclared-in-the-value",
        "Also where only the value has it.",
        Definition("d", PROP, arrow(sort("u"), "True"), ("v",)),
    ),
    bad(
        "undeclared-in-an-ignored-argument",
        "Also in an argument that is thrown away.",
        Definition("d", "Nat", call(fun(("_", TYPE), body=0), sort(imax("u", 0)))),
    ),
    bad("undeclared-in-an-axiom", "Also in the type of an axiom.", Axiom("d", sort("u"))),
    bad(
        "undeclared-in-a-constructor",
        "Also in a constructor.",
        inductive("T", sort(2), ("mk", arrow(sort(imax("u", 0)), "T"))),
    ),
    bad("duplicate-parameters", "No two level parameters have the same name.", Definition("d", TYPE, PROP, ("u", "u"))),
    bad("duplicate-parameters-of-an-axiom", "Nor have those of an axiom.", Axiom("d", TYPE, params=("u", "u"))),
    bad(
        "duplicate-parameters-of-a-type",
        "Nor have those of an inductive type.",
        inductive("T", TYPE, params=("u", "u")),
    ),
    good("unused-parameter", "A parameter need not be used.", Definition("d", TYPE, PROP, V)),
    bad(
        "too-few-levels",
        "A constant has as many levels as parameters.",
        Theorem("t", call("Eq", "Nat", 0, 0), call("Eq.refl", "Nat", 0)),
    ),
    bad(
        "too-many-levels",
        "And no more.",
        Theorem("t", const("Eq", 1, 1)("Nat", 0, 0), const("Eq.refl", 1, 1)("Nat", 0)),
    ),
    bad("levels-of-what-has-none", "None, where it has none.", Definition("d", "Nat", const("Nat.zero", 0))),
    bad(
        "wrong-level",
        "The level of a constant must be that of its argument.",
        Theorem("t", eq("Nat", 0, 0, 2), refl("Nat", 0, 2)),
    ),
    bad(
        "too-few-levels-of-a-recursor", "A recursor has a level for its motive.", Definition("d", TYPE, call("Nat.rec"))
    ),
)

FUNCTIONS: tuple[Case, ...] = (
    good(
        "impredicative",
        "What ends in a proposition is one, whatever it begins with.",
        Definition("d", PROP, pi(("a", sort(9)), ("p", PROP), to="p")),
    ),
    good("impredicative-with-a-parameter", "Also from `Sort u`.", Definition("d", PROP, arrow(sort("u"), "True"), U)),
    bad("functions-of-types-are-large", "`Type → Type` is not in `Type`.", Definition("d", TYPE, arrow(TYPE, TYPE))),
    good("functions-of-types", "`Type → Type` is in `Type 1`.", Definition("d", sort(2), arrow(TYPE, TYPE))),
    good(
        "functions-between-sorts",
        "`Sort u → Sort v` is in `Sort (max (u+1) (v+1))`.",
        Definition("d", sort(most(succ("u"), succ("v"))), arrow(sort("u"), sort("v")), V),
    ),
    good(
        "functions-between-types",
        "Functions from `a : Sort u` to `b : Sort v` are in `Sort (imax u v)`.",
        Definition(
            "d",
            arrow(sort("u"), sort("v"), sort(imax("u", "v"))),
            fun(("a", sort("u")), ("b", sort("v")), body=arrow("a", "b")),
            V,
        ),
    ),
    bad(
        "functions-between-types-by-max",
        "They are not in `Sort (max u v)`.",
        Definition(
            "d",
            arrow(sort("u"), sort("v"), sort(most("u", "v"))),
            fun(("a", sort("u")), ("b", sort("v")), body=arrow("a", "b")),
            V,
        ),
    ),
    bad(
        "hurkens-needs-a-larger-universe",
        "A type that quantifies over all types of its own universe is not in that universe, unless that is `Prop`.",
        Definition("d", sort("u"), pi(("a", sort("u")), to=arrow("a", "a")), U),
    ),
)

CASES = LEVELS + DECLARED + FUNCTIONS
