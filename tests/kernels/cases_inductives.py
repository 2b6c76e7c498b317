"""Inductive types: which constructors they may have, in which universe, and what nests or goes with what."""

from prelude import Case, bad, good
from terms import (
    PROP,
    TYPE,
    Axiom,
    Definition,
    Inductive,
    TermLike,
    arrow,
    bound,
    call,
    const,
    fun,
    imax,
    inductive,
    let,
    most,
    pi,
    sort,
    succ,
)

U = ("u",)
A, N = ("a", TYPE), ("n", "Nat")
NEVER = Definition("Never", arrow(TYPE, TYPE), fun(A, body=arrow("a", "Empty")))
KEEP = Definition("Keep", arrow(TYPE, TYPE, TYPE), fun(A, ("b", TYPE), body="a"))
NEGATION = inductive(
    "Negation", arrow(TYPE, TYPE), ("mk", pi(A, to=arrow(arrow("a", "Empty"), call("Negation", "a")))), fixed=1
)
AT_NUMBERS = inductive("At", arrow(TYPE, TYPE), ("mk", call("At", "Nat")))
LISTS = const("List", 0)


def of(*fields: TermLike, type_: TermLike = TYPE, **more):
    """A type `T` with one constructor `mk` of these fields."""
    return inductive("T", type_, ("mk", arrow(*fields, "T")), **more)


def with_result(*types: TermLike, type_: TermLike = TYPE, fixed: int = 0, params: tuple[str, ...] = ()):
    """A type `T` whose constructor has this type."""
    return inductive("T", type_, *(("mk", each) for each in types), fixed=fixed, params=params)


SHAPES: tuple[Case, ...] = (
    good("empty", "A type may have no constructor.", inductive("T", TYPE)),
    good("enumeration", "Or some without fields.", inductive("T", TYPE, ("a", "T"), ("b", "T"), ("c", "T"))),
    good(
        "recursive",
        "Or fields of the type itself.",
        inductive("T", TYPE, ("leaf", "T"), ("node", arrow("T", "Nat", "T", "T"))),
    ),
    good(
        "reflexive",
        "Or functions to the type itself.",
        inductive("T", TYPE, ("leaf", "T"), ("node", arrow(arrow("Nat", "T"), "T"))),
    ),
    good("reflexive-of-two", "Also of several arguments.", of(arrow("Nat", "Bool", "T"))),
    good(
        "well-founded-trees",
        "The arguments of such a function may depend on parameters.",
        inductive(
            *("W", pi(A, ("b", arrow("a", TYPE)), to=TYPE)),
            (
                "mk",
                pi(
                    A,
                    ("b", arrow("a", TYPE)),
                    ("x", "a"),
                    to=arrow(arrow(call("b", "x"), call("W", "a", "b")), call("W", "a", "b")),
                ),
            ),
            fixed=2,
        ),
    ),
    good(
        "dependent-fields",
        "The type of a field may depend on fields before it.",
        inductive("T", TYPE, ("mk", pi(N, to=arrow(call("Vector", "Nat", "n"), "T")))),
    ),
    bad(
        "fields-depend-on-those-before",
        "Not on those after it.",
        inductive("T", TYPE, ("mk", pi(("v", call("Vector", "Nat", bound(0))), N, to="T"))),
    ),
    good(
        "indexed",
        "The result of a constructor has an index of its own.",
        inductive(
            "T",
            arrow("Nat", TYPE),
            ("a", call("T", 0)),
            ("b", pi(N, to=arrow(call("T", "n"), call("T", call("Nat.succ", "n"))))),
        ),
    ),
    good(
        "grows-in-an-index",
        "What is an index may grow in fields.",
        with_result(pi(A, to=arrow(call("T", LISTS("a")), call("T", "a"))), type_=arrow(TYPE, sort(2))),
    ),
    bad(
        "grows-in-a-parameter",
        "What is a parameter may not.",
        with_result(pi(A, to=arrow(call("T", LISTS("a")), call("T", "a"))), type_=arrow(TYPE, sort(2)), fixed=1),
    ),
    good("proposition", "A type may be a proposition.", of("Nat", "T", type_=PROP)),
    good("computed-universe", "Its universe may need computing.", inductive("T", const("id", 3)(sort(2), TYPE))),
    good("let-in-a-field", "A field may be a `let`.", of(let("x", sort(2), TYPE, "Nat"))),
    good("field-computes-to-itself", "A field may compute to the type itself.", KEEP, of(call("Keep", "T", "Nat"))),
    bad(
        "constructor-computes-to-functions",
        "The type of a constructor is written out.",
        with_result(const("id", 2)(TYPE, "T")),
    ),
    bad(
        "let-around-a-constructor",
        "Also without a `let` around the result.",
        with_result(arrow("Nat", let("x", "Nat", 0, "T"))),
    ),
)

POSITIVITY: tuple[Case, ...] = (
    bad("negative", "A field is no function from the type.", of(arrow("T", "Empty"))),
    bad("negative-and-positive", "Even where it is one to the type.", of(arrow("T", "T"))),
    bad("negative-behind-another", "At no place among its arguments.", of(arrow("Nat", "T", "Nat"))),
    bad(
        "twice-negative",
        "Nor in an argument of an argument: positivity is strict.",
        of(arrow(arrow("T", PROP), PROP), type_=sort(2)),
    ),
    bad(
        "twice-negative-proposition",
        "Also for propositions, which this keeps from a paradox.",
        of(arrow(arrow("T", "False"), "False"), type_=PROP),
    ),
    bad("negative-by-definition", "A definition hides nothing.", NEVER, of(call("Never", "T"))),
    bad(
        "negative-inside-an-argument",
        "What is in an argument counts even where it would compute away.",
        KEEP,
        of(arrow(call("Keep", "Nat", "T"), "T")),
    ),
    bad("negative-by-let", "Nor does a `let`.", of(let("x", TYPE, "T", arrow("x", "Nat")))),
    bad(
        "in-the-type-of-a-binder",
        "Nor the type of an argument of a function that is applied.",
        of(call(fun(("x", TYPE), body=arrow("x", "Nat")), "T")),
    ),
    bad(
        "in-a-proof-of-itself",
        "A field speaks of no element of the type.",
        inductive("T", TYPE, ("mk", pi(("x", "T"), to=arrow(const("Eq", 1)("T", "x", "x"), "T")))),
    ),
    bad(
        "in-its-own-index",
        "The type is not in an index of its own constructor (lean4#2125).",
        with_result(call("T", call("T", "True")), type_=arrow(PROP, PROP)),
    ),
    bad(
        "in-the-index-of-a-field",
        "Nor in one of a field.",
        with_result(pi(("p", PROP), to=arrow(call("T", call("T", "p")), call("T", "p"))), type_=arrow(PROP, PROP)),
    ),
    bad(
        "in-the-index-of-a-function",
        "Nor of what a function in a field returns.",
        with_result(
            pi(("p", PROP), to=arrow(arrow("Nat", call("T", call("T", "p"))), call("T", "p"))), type_=arrow(PROP, PROP)
        ),
    ),
    bad(
        "under-an-axiom",
        "Nor is it an argument of what is no inductive type.",
        Axiom("F", arrow(TYPE, TYPE)),
        of(call("F", "T")),
    ),
    bad(
        "under-a-variable",
        "Nor of a variable.",
        with_result(pi(("f", arrow(PROP, PROP)), to=arrow(call("f", "T"), "T")), type_=PROP),
    ),
)

NESTED: tuple[Case, ...] = (
    good("nested", "A field may be a list of the type.", of(LISTS("T"), nested=1)),
    good("nested-twice", "Or a list of lists.", of(LISTS(LISTS("T")), nested=2)),
    good("nested-in-two", "Or a pair of a list and the type.", of(call("Prod", LISTS("T"), "T"), nested=2)),
    good("nested-under-a-function", "Or a function to lists.", of(arrow("Nat", LISTS("T")), nested=1)),
    good("nested-with-a-function", "Or a list of functions to it.", of(LISTS(arrow("Nat", "T")), nested=1)),
    good(
        "nested-with-an-index",
        "Or a vector of it.",
        inductive("T", TYPE, ("mk", pi(N, to=arrow(call("Vector", "T", "n"), "T"))), nested=1),
    ),
    bad("nested-negative-function", "Not a list of functions from it.", of(LISTS(arrow("T", "Nat")))),
    bad(
        "nested-in-a-negation", "Nor what has a function from its parameter in it.", NEGATION, of(call("Negation", "T"))
    ),
    bad("nested-in-an-index", "Nor is it in an index of another type.", AT_NUMBERS, of(call("At", "T"))),
    bad(
        "nested-with-a-variable",
        "Nor with a parameter of the other type that a field gives.",
        inductive(
            "Tagged", arrow(TYPE, "Nat", TYPE), ("mk", pi(A, N, to=arrow("a", call("Tagged", "a", "n")))), fixed=2
        ),
        inductive("T", TYPE, ("mk", pi(N, to=arrow(call("Tagged", "T", "n"), "T")))),
    ),
    good(
        "nested-proposition",
        "A proposition may nest in a proposition.",
        of(call("And", "T", "True"), type_=PROP, nested=1),
    ),
    bad(
        "nested-universe",
        "What nests needs room in its own universe.",
        inductive("Big", arrow(TYPE, sort(2)), ("mk", pi(A, to=arrow(TYPE, "a", call("Big", "a")))), fixed=1),
        of(call("Big", "T")),
    ),
)

UNIVERSES: tuple[Case, ...] = (
    bad("field-too-large", "A type in `Type` has no field that is any type.", of(TYPE)),
    good("field-of-its-universe", "One in `Type 1` may.", of(TYPE, type_=sort(2))),
    bad("field-too-large-by-far", "But none that is any type of `Type 1`.", of(sort(2), type_=sort(2))),
    good("proposition-with-any-field", "A proposition has any fields.", of(sort(7), type_=PROP)),
    good(
        "field-with-a-parameter",
        "One in `Type u` has fields in it.",
        with_result(arrow(sort("u"), const("T", "u")), type_=sort(succ("u")), params=U),
    ),
    bad(
        "field-with-a-parameter-too-large",
        "And none in a universe that is larger for some u.",
        with_result(arrow(sort("u"), const("T", "u")), type_=sort(most(1, "u")), params=U),
    ),
    bad(
        "field-too-large-by-imax",
        "`Sort (imax 0 2)` is as large as `Sort 2`.",
        of(sort(imax(0, 2)), type_=sort(imax(0, 2))),
    ),
    good("field-small-by-imax", "`Sort (imax 2 0)` is as small as `Prop`.", of(sort(imax(2, 0)), type_=TYPE)),
    bad("field-too-large-in-functions", "A function from all types is as large as they.", of(pi(A, to="a"))),
    good(
        "field-small-in-functions",
        "A proposition about all types is small.",
        of(pi(A, ("x", "a"), to=const("Eq", 1)("a", "x", "x"))),
    ),
    bad("later-field-too-large", "That holds of each field.", of("Nat", "Nat", TYPE)),
    good(
        "parameter-of-any-size",
        "Parameters are no fields.",
        inductive("T", arrow(sort(5), TYPE), ("mk", pi(("a", sort(5)), to=call("T", "a"))), fixed=1),
    ),
    bad(
        "index-of-any-size",
        "What a constructor of an indexed type takes is one, also where only the index has it.",
        inductive("T", arrow(sort(5), TYPE), ("mk", pi(("a", sort(5)), to=call("T", "a")))),
    ),
    good(
        "universe-that-may-be-zero",
        "A type may be in `Sort u`.",
        with_result(const("T", "u"), type_=sort("u"), params=U),
    ),
    bad(
        "universe-that-may-be-zero-and-field",
        "Then its fields are small for all u.",
        with_result(arrow("Nat", const("T", "u")), type_=sort("u"), params=U),
    ),
    good(
        "universe-max",
        "Fields of two universes are in the larger one.",
        inductive(
            "T",
            sort(most(succ("u"), succ("v"))),
            ("mk", pi(("x", const("PUnit", succ("u"))), ("y", const("PUnit", succ("v"))), to=const("T", "u", "v"))),
            params=("u", "v"),
        ),
    ),
    bad("not-in-a-universe", "An inductive type lies in a universe.", inductive("T", "Nat")),
    bad("ends-in-no-universe", "Also where it has an index.", inductive("T", arrow("Nat", "Nat"))),
    bad("axiom-for-a-universe", "No type that is there already is one.", Axiom("a", TYPE), inductive("T", "a")),
)

TWO_TYPES = arrow(TYPE, TYPE, TYPE)

RESULTS: tuple[Case, ...] = (
    bad("constructor-of-another-type", "A constructor ends in its own type.", with_result("Nat")),
    bad("constructor-of-a-universe", "And in nothing else.", with_result(TYPE)),
    bad("constructor-of-a-number", "And in a type.", with_result(arrow("Nat", 0))),
    bad(
        "constructor-of-a-function-of-it",
        "And not in an application of it that it does not have.",
        with_result(call("T", 0)),
    ),
    bad("constructor-without-the-index", "And with its indices.", with_result("T", type_=arrow("Nat", TYPE))),
    bad(
        "index-of-another-type",
        "Which have the right type.",
        with_result(call("T", "Bool.true"), type_=arrow("Nat", TYPE)),
    ),
    bad(
        "parameters-swapped",
        "And with its parameters in their order.",
        inductive("T", TWO_TYPES, ("mk", pi(A, ("b", TYPE), to=call("T", "b", "a"))), fixed=2),
    ),
    good(
        "indices-swapped",
        "Indices have no order to keep.",
        inductive("T", arrow(TYPE, TYPE, sort(2)), ("mk", pi(A, ("b", TYPE), to=call("T", "b", "a")))),
    ),
    bad(
        "parameter-instantiated",
        "A parameter is a variable in the result.",
        inductive("T", arrow(TYPE, TYPE), ("mk", pi(A, to=call("T", "Nat"))), fixed=1),
    ),
    bad(
        "parameter-of-another-type",
        "The parameters of constructors have the types of those of the type.",
        inductive("T", arrow(PROP, TYPE), ("mk", pi(A, to=call("T", "True"))), fixed=1),
    ),
    bad(
        "constructor-without-the-parameter",
        "And there are as many.",
        inductive("T", arrow(TYPE, TYPE), ("mk", call("T", "Nat")), fixed=1),
    ),
    bad(
        "more-parameters-than-the-type-has",
        "Of which the type has as many as it says.",
        inductive("T", arrow(TYPE, TYPE), fixed=2),
    ),
    bad(
        "levels-swapped",
        "The levels of the result are the parameters in their order.",
        with_result(const("T", "v", "u"), type_=sort(succ(most("u", "v"))), params=("u", "v")),
    ),
    bad("level-instantiated", "And no other levels.", with_result(const("T", 0), type_=sort(succ("u")), params=U)),
    bad(
        "level-of-a-field",
        "Also in fields.",
        with_result(arrow(const("T", 0), const("T", "u")), type_=sort(succ("u")), params=U),
    ),
    bad(
        "level-of-nothing",
        "Also without fields, the constructor has all levels.",
        with_result("T", type_=sort(succ("u")), params=U),
    ),
    bad("field-that-is-no-type", "A field has a type.", of(5)),
    bad("ill-typed-field", "Which is well typed.", of(call("Nat.succ", "Nat"))),
    bad("unknown-in-a-field", "And of known constants.", of("Nowhere")),
    bad("recursor-in-a-field", "The recursor is not there yet.", of(const("T.rec", 0))),
    bad(
        "constructor-in-a-field",
        "Nor is the constructor.",
        inductive("T", TYPE, ("a", "T"), ("b", arrow(const("Eq", 1)("T", "T.a", "T.a"), "T"))),
    ),
    bad("constructor-twice", "No two constructors have the same name.", inductive("T", TYPE, ("a", "T"), ("a", "T"))),
    bad("constructor-named-as-the-type", "Nor has one the name of the type.", Inductive((("T", TYPE, (("T", "T"),)),))),
    bad("constructor-named-as-the-recursor", "Nor that of the recursor.", inductive("T", TYPE, ("rec", "T"))),
    bad("constructor-named-as-another", "Nor that of what is there already.", Axiom("T.mk", "Nat"), of("Nat")),
    bad("recursor-named-as-another", "Nor has the recursor.", Axiom("T.rec", "Nat"), of("Nat")),
)


def two(
    first: TermLike,
    second: TermLike,
    first_made: TermLike = "T",
    second_made: TermLike = "S",
    fixed: int = 0,
    params: tuple[str, ...] = (),
):
    """Two types that are declared together, with a constructor each."""
    return Inductive((("T", first, (("T.mk", first_made),)), ("S", second, (("S.mk", second_made),))), fixed, params)


MUTUAL: tuple[Case, ...] = (
    good(
        "mutual",
        "Types may be made of each other.",
        Inductive(
            (("T", TYPE, (("T.leaf", "T"), ("T.node", arrow("S", "T")))), ("S", TYPE, (("S.node", arrow("T", "S")),)))
        ),
    ),
    good(
        "mutual-with-other-indices",
        "They may have different indices.",
        two(arrow("Nat", TYPE), TYPE, call("T", 0), arrow(call("T", 1), "S")),
    ),
    bad("mutual-in-two-universes", "They are in the same universe.", two(TYPE, sort(2))),
    bad("mutual-type-and-proposition", "Also where one is a proposition.", two(TYPE, PROP)),
    bad(
        "mutual-with-other-parameters",
        "They have the same parameters.",
        two(
            arrow(TYPE, TYPE), arrow(PROP, TYPE), pi(A, to=call("T", "a")), pi(("a", PROP), to=call("S", "a")), fixed=1
        ),
    ),
    bad(
        "mutual-with-fewer-parameters",
        "Each of them has all.",
        two(arrow(TYPE, TYPE), TYPE, pi(A, to=call("T", "a")), "S", fixed=1),
    ),
    bad(
        "mutual-negative",
        "No field is a function from any of them.",
        two(TYPE, TYPE, arrow(arrow("S", "Nat"), "T"), arrow("T", "S")),
    ),
    bad("mutual-negative-in-the-other", "In none of them.", two(TYPE, TYPE, "T", arrow(arrow("T", "Nat"), "S"))),
    bad(
        "mutual-constructor-of-the-other",
        "A constructor ends in its own type, not in the other.",
        two(TYPE, TYPE, "S", "S"),
    ),
    bad("mutual-in-an-index", "None is in an index of another.", two(arrow(TYPE, TYPE), TYPE, call("T", "S"))),
    bad("mutual-with-the-same-name", "They have different names.", Inductive((("T", TYPE, ()), ("T", TYPE, ())))),
    bad(
        "mutual-constructors-with-the-same-name",
        "So have their constructors.",
        Inductive((("T", TYPE, (("mk", "T"),)), ("S", TYPE, (("mk", "S"),)))),
    ),
    good(
        "mutual-nested",
        "They may nest in lists of each other.",
        Inductive(
            (("T", TYPE, (("T.mk", arrow(LISTS("S"), "T")),)), ("S", TYPE, (("S.mk", arrow(LISTS("T"), "S")),))),
            nested=2,
        ),
    ),
)

CASES = SHAPES + POSITIVITY + NESTED + UNIVERSES + RESULTS + MUTUAL
