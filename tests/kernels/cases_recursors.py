"""Recursors: what propositions may be taken apart into, what computes, and projections."""

from prelude import Case, bad, cond, eq, good, numeral, refl, same
from terms import (
    PROP,
    TYPE,
    Axiom,
    Definition,
    Inductive,
    Term,
    TermLike,
    Theorem,
    arrow,
    call,
    const,
    fun,
    imax,
    inductive,
    pi,
    project,
    sort,
)

N, P, Q = ("n", "Nat"), ("p", PROP), ("q", PROP)
H = ("h", "T")


def to_numbers(*over: tuple[str, TermLike]) -> Term:
    """The motive of a function to numbers."""
    return fun(*over, body="Nat")


def eliminated(made: Inductive, *rest: TermLike, over: TermLike = "T", given: tuple[tuple[str, TermLike], ...] = ()):
    """The type, and a function from it to numbers by its recursor; `rest` are the other arguments."""
    recursor = const("T.rec", 1)(*rest)
    return made, Definition("d", pi(*given, ("h", over), to="Nat"), fun(*given, ("h", over), body=recursor("h")))


AT = arrow("Nat", PROP)
EXISTS = const("Exists", 1)("Nat", fun(N, body="True"))
BOTH = call("And", "p", "q")

ELIMINATION: tuple[Case, ...] = (
    good("from-nothing", "`False` gives data: it has no proof.", *eliminated(inductive("T", PROP), to_numbers(H))),
    good(
        "from-a-proof-without-fields",
        "So does a proposition with one proof.",
        *eliminated(inductive("T", PROP, ("mk", "T")), to_numbers(H), 0),
    ),
    bad(
        "from-two-proofs",
        "Not one with two: proofs are all the same.",
        *eliminated(inductive("T", PROP, ("a", "T"), ("b", "T")), to_numbers(H), 0, 1),
    ),
    bad(
        "from-two-proofs-without-a-level",
        "Its recursor has no level, and its motive ends in `Prop`.",
        inductive("T", PROP, ("a", "T"), ("b", "T")),
        Definition("d", arrow("T", "Nat"), call("T.rec", to_numbers(H), 0, 1)),
    ),
    good(
        "from-two-proofs-to-a-proof",
        "To other proofs, any proposition leads.",
        inductive("T", PROP, ("a", "T"), ("b", "T")),
        Theorem("t", arrow("T", "True"), call("T.rec", fun(H, body="True"), "True.intro", "True.intro")),
    ),
    bad(
        "from-a-field-of-data",
        "A field that is data is hidden.",
        *eliminated(inductive("T", PROP, ("mk", arrow("Nat", "T"))), to_numbers(H), fun(N, body="n")),
    ),
    bad(
        "from-a-field-that-is-a-proposition",
        "So is one that is itself a proposition.",
        *eliminated(inductive("T", PROP, ("mk", arrow(PROP, "T"))), to_numbers(H), fun(P, body=0)),
    ),
    good(
        "from-fields-that-are-proofs",
        "Fields that are proofs are not.",
        *eliminated(
            inductive("T", PROP, ("mk", arrow("True", "True", "T"))),
            to_numbers(H),
            fun(("a", "True"), ("b", "True"), body=0),
        ),
    ),
    good(
        "from-a-proof-of-itself",
        "Also proofs of the proposition itself.",
        *eliminated(
            inductive("T", PROP, ("mk", arrow("T", "T"))), to_numbers(H), fun(("a", "T"), ("r", "Nat"), body="r")
        ),
    ),
    good(
        "from-data-in-the-index",
        "Data that the type shows is known anyway.",
        *eliminated(
            inductive("T", AT, ("mk", pi(N, to=call("T", "n")))),
            to_numbers(N, ("h", call("T", "n"))),
            fun(N, body="n"),
            "n",
            over=call("T", "n"),
            given=(N,),
        ),
    ),
    bad(
        "from-data-in-a-computed-index",
        "It must be the index itself, not in a function, even one that computes to it.",
        *eliminated(
            inductive("T", AT, ("mk", pi(N, to=call("T", const("id", 1)("Nat", "n"))))),
            to_numbers(N, ("h", call("T", "n"))),
            fun(N, body="n"),
            "n",
            over=call("T", "n"),
            given=(N,),
        ),
    ),
    bad(
        "from-data-in-a-successor",
        "A successor in the index would show it, and does not count.",
        *eliminated(
            inductive("T", AT, ("mk", pi(N, to=call("T", call("Nat.succ", "n"))))),
            to_numbers(N, ("h", call("T", "n"))),
            fun(N, body="n"),
            "n",
            over=call("T", "n"),
            given=(N,),
        ),
    ),
    bad(
        "from-one-of-two-in-the-index",
        "All data must be shown.",
        *eliminated(
            inductive("T", AT, ("mk", pi(N, ("m", "Nat"), to=call("T", "n")))),
            to_numbers(N, ("h", call("T", "n"))),
            fun(N, ("m", "Nat"), body="m"),
            "n",
            over=call("T", "n"),
            given=(N,),
        ),
    ),
    good(
        "from-a-parameter",
        "Parameters are known.",
        *eliminated(
            inductive("T", AT, ("mk", pi(N, to=call("T", "n"))), fixed=1),
            "n",
            to_numbers(("h", call("T", "n"))),
            "n",
            over=call("T", "n"),
            given=(N,),
        ),
    ),
    bad(
        "from-a-disjunction",
        "A disjunction does not tell which side holds.",
        Definition(
            "d",
            pi(P, Q, ("h", call("Or", "p", "q")), to="Nat"),
            fun(
                P,
                Q,
                ("h", call("Or", "p", "q")),
                body=const("Or.rec", 1)(
                    "p",
                    "q",
                    to_numbers(("h", call("Or", "p", "q"))),
                    fun(("x", "p"), body=0),
                    fun(("x", "q"), body=1),
                    "h",
                ),
            ),
        ),
    ),
    bad(
        "from-existence",
        "What exists is not told.",
        Definition(
            "d",
            arrow(EXISTS, "Nat"),
            const("Exists.rec", 1, 1)(
                "Nat", fun(N, body="True"), to_numbers(("h", EXISTS)), fun(N, ("_", "True"), body="n")
            ),
        ),
    ),
    bad(
        "from-mutual-propositions",
        "Propositions that are declared together give proofs only.",
        Inductive((("T", PROP, (("T.mk", arrow("S", "T")),)), ("S", PROP, ()))),
        Definition(
            "d",
            arrow("T", "Nat"),
            const("T.rec", 1)(to_numbers(H), to_numbers(("h", "S")), fun(("s", "S"), ("r", "Nat"), body="r")),
        ),
    ),
    bad(
        "from-a-proposition-by-level",
        "`Sort (imax 1 0)` is `Prop` here as well.",
        *eliminated(inductive("T", sort(imax(1, 0)), ("a", "T"), ("b", "T")), to_numbers(H), 0, 1),
    ),
    bad(
        "from-what-may-be-a-proposition",
        "What is in `Sort u` is a proposition where u is 0.",
        inductive("T", sort("u"), ("a", const("T", "u")), ("b", const("T", "u")), params=("u",)),
        Definition(
            "d",
            arrow(const("T", "u"), "Nat"),
            const("T.rec", 1, "u")(to_numbers(("h", const("T", "u"))), 0, 1),
            params=("u",),
        ),
    ),
    good(
        "from-what-may-be-a-proposition-to-a-proof",
        "To proofs, it leads.",
        inductive("T", sort("u"), ("a", const("T", "u")), ("b", const("T", "u")), params=("u",)),
        Theorem(
            "d",
            arrow(const("T", "u"), "True"),
            const("T.rec", "u")(fun(("h", const("T", "u")), body="True"), "True.intro", "True.intro"),
            params=("u",),
        ),
    ),
)

SUM = eq("Nat", call("Nat.add", 0, "n"), "n")
TO_SELF = fun(N, body="Nat")
SUCCESSORS = fun(N, ("r", "Nat"), body=call("Nat.succ", "r"))

TYPING: tuple[Case, ...] = (
    good(
        "recursor-of-bool",
        "A recursor takes the motive, what each constructor gives, and then what is taken apart.",
        Definition(
            "d",
            pi(
                ("m", arrow("Bool", sort("u"))),
                to=arrow(call("m", "Bool.false"), call("m", "Bool.true"), pi(("b", "Bool"), to=call("m", "b"))),
            ),
            const("Bool.rec", "u"),
            params=("u",),
        ),
    ),
    bad(
        "recursor-of-bool-swapped",
        "In the order of the constructors.",
        Definition(
            "d",
            pi(
                ("m", arrow("Bool", sort("u"))),
                to=arrow(call("m", "Bool.true"), call("m", "Bool.false"), pi(("b", "Bool"), to=call("m", "b"))),
            ),
            const("Bool.rec", "u"),
            params=("u",),
        ),
    ),
    good(
        "recursor-of-numbers",
        "A field of the type itself comes with what the recursion gives for it.",
        Definition(
            "d",
            pi(
                ("m", arrow("Nat", sort("u"))),
                to=arrow(
                    call("m", "Nat.zero"),
                    pi(N, to=arrow(call("m", "n"), call("m", call("Nat.succ", "n")))),
                    pi(N, to=call("m", "n")),
                ),
            ),
            const("Nat.rec", "u"),
            params=("u",),
        ),
    ),
    bad(
        "recursor-without-its-hypothesis",
        "A step without it is another function.",
        Definition(
            "d",
            pi(
                ("m", arrow("Nat", sort("u"))),
                to=arrow(call("m", "Nat.zero"), pi(N, to=call("m", call("Nat.succ", "n"))), pi(N, to=call("m", "n"))),
            ),
            const("Nat.rec", "u"),
            params=("u",),
        ),
    ),
    good(
        "recursor-of-equality",
        "The motive of a family takes its indices and the proof.",
        Definition(
            "d",
            pi(
                ("a", sort("v")),
                ("x", "a"),
                ("m", pi(("y", "a"), to=arrow(const("Eq", "v")("a", "x", "y"), sort("u")))),
                to=arrow(
                    call("m", "x", const("Eq.refl", "v")("a", "x")),
                    pi(("y", "a"), ("h", const("Eq", "v")("a", "x", "y")), to=call("m", "y", "h")),
                ),
            ),
            const("Eq.rec", "u", "v"),
            params=("u", "v"),
        ),
    ),
    good(
        "recursor-of-accessibility",
        "What functions to the type give is under a function as well.",
        Definition(
            "d",
            pi(
                ("r", arrow("Nat", "Nat", PROP)),
                ("m", pi(N, to=arrow(const("Acc", 1)("Nat", "r", "n"), sort("u")))),
                (
                    "f",
                    pi(
                        N,
                        ("h", pi(("k", "Nat"), to=arrow(call("r", "k", "n"), const("Acc", 1)("Nat", "r", "k")))),
                        to=arrow(
                            pi(("k", "Nat"), ("s", call("r", "k", "n")), to=call("m", "k", call("h", "k", "s"))),
                            call("m", "n", const("Acc.intro", 1)("Nat", "r", "n", "h")),
                        ),
                    ),
                ),
                N,
                ("h", const("Acc", 1)("Nat", "r", "n")),
                to=call("m", "n", "h"),
            ),
            const("Acc.rec", "u", 1)("Nat"),
            params=("u",),
        ),
    ),
    bad(
        "motive-of-another-type",
        "A motive is a function of the type.",
        Definition("d", arrow("Nat", "Nat"), const("Nat.rec", 1)(fun(("b", "Bool"), body="Nat"), 0, SUCCESSORS)),
    ),
    bad(
        "motive-that-is-no-function",
        "And no type itself.",
        Definition("d", arrow("Nat", "Nat"), const("Nat.rec", 1)("Nat", 0, SUCCESSORS)),
    ),
    bad(
        "motive-in-another-universe",
        "And in the universe that the level says.",
        Definition(
            "d", arrow("Nat", TYPE), const("Nat.rec", 1)(fun(N, body=TYPE), "Nat", fun(N, ("r", TYPE), body="r"))
        ),
    ),
    bad(
        "start-of-another-type",
        "What a constructor gives has the type that the motive says.",
        Definition("d", arrow("Nat", "Nat"), const("Nat.rec", 1)(TO_SELF, "Bool.true", SUCCESSORS)),
    ),
    bad(
        "step-of-another-type",
        "Also for the other constructor.",
        Definition("d", arrow("Nat", "Nat"), const("Nat.rec", 1)(TO_SELF, 0, fun(N, ("r", "Bool"), body="n"))),
    ),
    bad(
        "steps-swapped",
        "In their order.",
        Definition("d", arrow("Nat", "Nat"), const("Nat.rec", 1)(TO_SELF, SUCCESSORS, 0)),
    ),
    bad(
        "recursion-on-another-type",
        "And what is taken apart is of the type.",
        Definition("d", "Nat", const("Nat.rec", 1)(TO_SELF, 0, SUCCESSORS, "Bool.true")),
    ),
    good(
        "induction",
        "With a motive that has the number in it, recursion proves.",
        Theorem(
            "t",
            pi(N, to=SUM),
            const("Nat.rec", 0)(
                fun(N, body=SUM),
                refl("Nat", 0),
                fun(
                    N,
                    ("h", SUM),
                    body=const("Eq.rec", 0, 1)(
                        "Nat",
                        call("Nat.add", 0, "n"),
                        fun(
                            ("k", "Nat"),
                            ("_", eq("Nat", call("Nat.add", 0, "n"), "k")),
                            body=eq("Nat", call("Nat.succ", call("Nat.add", 0, "n")), call("Nat.succ", "k")),
                        ),
                        refl("Nat", call("Nat.succ", call("Nat.add", 0, "n"))),
                        "n",
                        "h",
                    ),
                ),
            ),
        ),
    ),
    bad(
        "induction-without-a-step",
        "And not where the step is that of another number.",
        Theorem(
            "t",
            pi(N, to=SUM),
            const("Nat.rec", 0)(fun(N, body=SUM), refl("Nat", 0), fun(N, ("h", SUM), body="h")),
        ),
    ),
)

PAIR = call("Prod", "Nat", "Nat")
MADE = call("Prod.mk", "Nat", "Nat")
EVEN_ODD = Inductive(
    (
        ("Even", TYPE, (("Even.zero", "Even"), ("Even.next", arrow("Odd", "Even")))),
        ("Odd", TYPE, (("Odd.next", arrow("Even", "Odd")),)),
    )
)
LISTS = const("List", 0)("Tree")
TREE = inductive("Tree", TYPE, ("node", arrow(LISTS, "Tree")), nested=1)
TREE_MOTIVES = fun(("_", "Tree"), body="Nat"), fun(("_", LISTS), body="Nat")
TREE_STEPS = (
    fun(("l", LISTS), ("r", "Nat"), body=call("Nat.succ", "r")),
    0,
    fun(("x", "Tree"), ("l", LISTS), ("r", "Nat"), ("s", "Nat"), body=call("Nat.add", "r", "s")),
)
NO_TREES = const("List.nil", 0)("Tree")


def tree_size(of: TermLike) -> Term:
    return const("Tree.rec", 1)(*TREE_MOTIVES, *TREE_STEPS, of)


def even_steps(of: TermLike, recursor: str = "Even.rec") -> Term:
    motives = fun(("_", "Even"), body="Nat"), fun(("_", "Odd"), body="Nat")
    steps = (
        0,
        fun(("x", "Odd"), ("r", "Nat"), body=call("Nat.succ", "r")),
        fun(("x", "Even"), ("r", "Nat"), body=call("Nat.succ", "r")),
    )
    return const(recursor, 1)(*motives, *steps, of)


def length(of: TermLike) -> Term:
    lists = const("List", 0)("Nat")
    step = fun(("x", "Nat"), ("l", lists), ("r", "Nat"), body=call("Nat.succ", "r"))
    return const("List.rec", 1, 0)("Nat", fun(("_", lists), body="Nat"), 0, step, of)


def by_pair(of: TermLike) -> Term:
    return const("Prod.rec", 1)(
        "Nat", "Nat", fun(("_", PAIR), body="Nat"), fun(("x", "Nat"), ("y", "Nat"), body="y"), of
    )


def by_vector(size: TermLike, of: TermLike) -> Term:
    """The length of a vector by recursion."""
    motive = fun(N, ("_", call("Vector", "Nat", "n")), body="Nat")
    step = fun(N, ("x", "Nat"), ("v", call("Vector", "Nat", "n")), ("r", "Nat"), body=call("Nat.succ", "r"))
    return const("Vector.rec", 1)("Nat", motive, 0, step, size, of)


CONS = const("List.cons", 0)("Nat")
NIL = const("List.nil", 0)("Nat")
DOUBLE = fun(N, ("r", "Nat"), body=call("Nat.succ", call("Nat.succ", "r")))
DOUBLED = const("Nat.rec", 1)(TO_SELF, 0, DOUBLE)

IOTA: tuple[Case, ...] = (
    good("first-of-two", "A recursor computes on the first constructor.", same(cond("Bool.false", 1, 2), 2)),
    good("second-of-two", "And on the second.", same(cond("Bool.true", 1, 2), 1)),
    bad("second-is-not-first", "And does not confuse them.", same(cond("Bool.true", 1, 2), 2)),
    good("zero-by-recursion", "It starts at zero.", same(call(DOUBLED, "Nat.zero"), 0)),
    good(
        "successor-by-recursion",
        "And takes a step for a successor, also of a variable.",
        same(call(DOUBLED, call("Nat.succ", "n")), call("Nat.succ", call("Nat.succ", call(DOUBLED, "n"))), N),
    ),
    bad(
        "successor-by-one-step",
        "One step for each.",
        same(call(DOUBLED, call("Nat.succ", "n")), call("Nat.succ", call(DOUBLED, "n")), N),
    ),
    bad(
        "variable-by-recursion",
        "On a variable it is stuck.",
        same(const("Nat.rec", 1)(TO_SELF, 0, fun(N, ("r", "Nat"), body=0), "n"), 0, N),
    ),
    good("numeral-by-recursion", "A numeral is a successor.", same(call(DOUBLED, 21), 42)),
    good("zero-numeral-by-recursion", "Or zero.", same(call(DOUBLED, 0), numeral(0))),
    good(
        "step-has-the-predecessor",
        "The step is given what is before.",
        same(const("Nat.rec", 1)(TO_SELF, 0, fun(N, ("r", "Nat"), body="n"), 9), 8),
    ),
    good(
        "extra-arguments",
        "A recursor that gives a function is applied to more.",
        same(
            const("Nat.rec", 1)(
                fun(N, body=arrow("Nat", "Nat")), "Nat.succ", fun(N, ("f", arrow("Nat", "Nat")), body="f"), 3, 4
            ),
            5,
        ),
    ),
    good("lists-by-recursion", "Recursion on a list.", same(length(CONS(7, CONS(8, NIL))), 2)),
    good(
        "vectors-by-recursion",
        "Recursion on a family.",
        same(by_vector(1, call("Vector.cons", "Nat", 0, 7, call("Vector.nil", "Nat"))), 1),
    ),
    good(
        "mutual-by-recursion",
        "Recursion through two types.",
        EVEN_ODD,
        same(even_steps(call("Even.next", call("Odd.next", "Even.zero"))), 2),
    ),
    good(
        "mutual-by-the-other",
        "Also from the other one.",
        EVEN_ODD,
        same(even_steps(call("Odd.next", "Even.zero"), "Odd.rec"), 1),
    ),
    good(
        "nested-by-recursion",
        "Recursion through lists of the type.",
        TREE,
        same(tree_size(call("Tree.node", const("List.cons", 0)("Tree", call("Tree.node", NO_TREES), NO_TREES))), 2),
    ),
    good(
        "reflexive-by-recursion",
        "Recursion through functions to the type.",
        inductive("R", TYPE, ("leaf", "R"), ("node", arrow(arrow("Bool", "R"), "R"))),
        same(
            const("R.rec", 1)(
                fun(("_", "R"), body="Nat"),
                0,
                fun(
                    ("f", arrow("Bool", "R")),
                    ("g", arrow("Bool", "Nat")),
                    body=call("Nat.succ", call("g", "Bool.true")),
                ),
                call("R.node", fun(("b", "Bool"), body="R.leaf")),
            ),
            1,
        ),
    ),
    good("pair-by-recursion", "Recursion on a pair.", same(by_pair(MADE(1, 2)), 2)),
    good(
        "structure-by-recursion",
        "A variable of a structure is the pair of its parts.",
        same(by_pair("x"), project("Prod", 1, "x"), ("x", PAIR)),
    ),
    good(
        "unit-by-recursion",
        "A variable of a type with one element is that element.",
        same(const("PUnit.rec", 1, 1)(fun(("_", const("PUnit", 1)), body="Nat"), 7, "x"), 7, ("x", const("PUnit", 1))),
    ),
    bad(
        "family-by-recursion",
        "A variable of a family is no constructor, even where there is no other.",
        inductive("T", arrow("Nat", TYPE), ("mk", call("T", 0))),
        same(const("T.rec", 1)(fun(N, ("_", call("T", "n")), body="Nat"), 7, 0, "x"), 7, ("x", call("T", 0))),
    ),
    bad(
        "conjunction-by-recursion",
        "A proof is not the pair of its parts where it is taken apart into data.",
        same(
            const("And.rec", 1)("p", "q", fun(("_", BOTH), body="Nat"), fun(("x", "p"), ("y", "q"), body=7), "h"),
            7,
            P,
            Q,
            ("h", BOTH),
        ),
    ),
    good(
        "conjunction-by-recursion-on-a-pair",
        "It computes on a pair that is there.",
        same(
            const("And.rec", 1)(
                "p",
                "q",
                fun(("_", BOTH), body="Nat"),
                fun(("x", "p"), ("y", "q"), body=7),
                call("And.intro", "p", "q", "x", "y"),
            ),
            7,
            P,
            Q,
            ("x", "p"),
            ("y", "q"),
        ),
    ),
)

B = ("x", "Bool")
R = ("r", arrow("Nat", "Nat", PROP))
ACC = const("Acc", 1)("Nat", "r", "n")
BELOW = pi(("k", "Nat"), to=arrow(call("r", "k", "n"), const("Acc", 1)("Nat", "r", "k")))


def cast(left: TermLike, right: TermLike, of: TermLike, proof: TermLike, type_: TermLike = "Bool") -> Term:
    """A number, unchanged by an equation."""
    return const("Eq.rec", 1, 1)(
        type_, left, fun(("y", type_), ("_", eq(type_, left, "y")), body="Nat"), of, right, proof
    )


def by_access(of: TermLike) -> Term:
    step = fun(N, ("_", BELOW), ("_", pi(("k", "Nat"), to=arrow(call("r", "k", "n"), "Nat"))), body=7)
    return const("Acc.rec", 1, 1)("Nat", "r", fun(N, ("_", ACC), body="Nat"), step, "n", of)


K: tuple[Case, ...] = (
    good(
        "k",
        "What rests on `a = a` computes, whatever the proof is.",
        same(cast("x", "x", "n", "h"), "n", B, N, ("h", eq("Bool", "x", "x"))),
    ),
    bad(
        "k-of-another-equation",
        "Not what rests on `true = false`.",
        same(cast("Bool.true", "Bool.false", "n", "h"), "n", N, ("h", eq("Bool", "Bool.true", "Bool.false"))),
    ),
    bad(
        "k-of-variables",
        "Nor on `x = y`.",
        same(cast("x", "y", "n", "h"), "n", B, ("y", "Bool"), N, ("h", eq("Bool", "x", "y"))),
    ),
    good(
        "k-by-computation",
        "The sides may need computing to be the same.",
        same(cast(2, call("Nat.add", 1, 1), "n", "h", "Nat"), "n", N, ("h", eq("Nat", 2, call("Nat.add", 1, 1)))),
    ),
    bad(
        "k-of-functions",
        "Functions must be the same, not only be of a type.",
        same(
            cast(fun(("x", "Nat"), body="x"), fun(("x", "Nat"), body="k"), "n", "h", arrow("Nat", "Nat")),
            "n",
            *(
                ("k", "Nat"),
                N,
                ("h", eq(arrow("Nat", "Nat"), fun(("x", "Nat"), body="x"), fun(("x", "Nat"), body="k"))),
            ),
        ),
    ),
    good(
        "k-of-true",
        "What rests on `True` computes.",
        same(const("True.rec", 1)(fun(("_", "True"), body="Nat"), 7, "h"), 7, ("h", "True")),
    ),
    bad(
        "k-of-eta",
        "A recursor that waits for a proof of `a = a` is not expanded to a function.",
        same(
            const("Eq.rec", 1, 1)(
                "Bool",
                "Bool.true",
                fun(("y", "Bool"), ("_", eq("Bool", "Bool.true", "y")), body="Nat"),
                call("a", refl("Bool", "Bool.true")),
                "Bool.true",
            ),
            "a",
            ("a", arrow(eq("Bool", "Bool.true", "Bool.true"), "Nat")),
            type_=arrow(eq("Bool", "Bool.true", "Bool.true"), "Nat"),
        ),
    ),
    bad(
        "k-not-for-accessibility",
        "What rests on `Acc` does not: its proof has a field.",
        same(by_access("h"), 7, R, N, ("h", ACC)),
    ),
    good(
        "accessibility-computes",
        "It computes on the constructor.",
        same(by_access(const("Acc.intro", 1)("Nat", "r", "n", "h")), 7, R, N, ("h", BELOW)),
    ),
    bad(
        "k-not-for-proofs-of-proofs",
        "Nor does a proposition with one proof that has a proof in it.",
        inductive("T", PROP, ("mk", arrow("True", "T"))),
        same(const("T.rec", 1)(to_numbers(H), fun(("_", "True"), body=7), "h"), 7, H),
    ),
)

SIGMA = call("Sigma", "Nat", call("Vector", "Nat"))
EITHER = inductive("Either", TYPE, ("a", arrow("Nat", "Either")), ("b", arrow("Nat", "Either")))
HIDDEN = inductive(
    "T",
    PROP,
    ("mk", pi(("a", "True"), N, ("b", "True"), ("m", "Nat"), ("e", eq("Nat", "m", "m")), ("c", "True"), to="T")),
)


def projected(*before: Inductive, type_: TermLike, index: int, of: TermLike = "T", name: str = "T"):
    return *before, Definition("d", pi(("x", of), to=type_), fun(("x", of), body=project(name, index, "x")))


def far_part(index: int):
    return projected(type_="Nat", index=index, of=PAIR, name="Prod")


def from_hidden(index: int, type_: TermLike):
    return projected(HIDDEN, type_=type_, index=index)


M = project("T", 3, "x")

PROJECTIONS: tuple[Case, ...] = (
    good("first-part", "A pair has a first part.", *projected(type_="Nat", index=0, of=PAIR, name="Prod")),
    bad("third-part", "It has no third part.", *projected(type_="Nat", index=2, of=PAIR, name="Prod")),
    *(
        bad(
            f"part-2-to-{power}",
            "Nor any further one; its number is not cut to fewer bits (lean4#14632).",
            *far_part(1 << power),
        )
        for power in (8, 16, 31, 32, 62)
    ),
    good("parts-of-a-pair", "The part of a pair computes.", same(project("Prod", 1, MADE(1, 2)), 2)),
    bad("parts-of-a-pair-swapped", "To the right one.", same(project("Prod", 1, MADE(1, 2)), 1)),
    good(
        "parts-by-definition",
        "Also of a pair by name.",
        Definition("x", PAIR, MADE(1, 2)),
        same(project("Prod", 0, "x"), 1),
    ),
    good(
        "part-of-dependent-type",
        "The type of a part has the parts before in it.",
        *projected(type_=call("Vector", "Nat", project("Sigma", 0, "x")), index=1, of=SIGMA, name="Sigma"),
    ),
    bad(
        "part-of-another-dependent-type",
        "And no others.",
        *projected(type_=call("Vector", "Nat", 0), index=1, of=SIGMA, name="Sigma"),
    ),
    bad(
        "part-of-another-type",
        "A part has the type of its field.",
        *projected(type_="Bool", index=0, of=PAIR, name="Prod"),
    ),
    bad(
        "part-by-another-name",
        "The structure has the name that is said.",
        *projected(type_="Nat", index=0, of=PAIR, name="Sigma"),
    ),
    bad(
        "part-by-an-unknown-name",
        "Which is the name of a type.",
        *projected(type_="Nat", index=0, of=PAIR, name="Nowhere"),
    ),
    bad(
        "part-by-the-name-of-a-definition",
        "Which is inductive.",
        *projected(Definition("Two", arrow(TYPE, TYPE, TYPE), "Prod"), type_="Nat", index=0, of=PAIR, name="Two"),
    ),
    bad(
        "part-of-a-number",
        "Numbers have two constructors and no parts.",
        *projected(type_="Nat", index=0, of="Nat", name="Nat"),
    ),
    bad("part-of-a-numeral", "Nor has a numeral.", Definition("d", "Nat", project("Nat", 0, 5))),
    bad(
        "part-of-either",
        "No type with two constructors has parts, also where each has a field.",
        *projected(EITHER, type_="Nat", index=0, of="Either", name="Either"),
    ),
    bad("part-of-nothing", "Nor one without any.", *projected(type_="Nat", index=0, of="Empty", name="Empty")),
    bad(
        "part-of-a-function",
        "Nor a function to pairs.",
        *projected(type_="Nat", index=0, of=arrow("Nat", PAIR), name="Prod"),
    ),
    bad("part-of-a-type", "Nor the type itself.", Definition("d", "Nat", project("Prod", 0, PAIR))),
    bad(
        "part-of-an-axiom",
        "Nor what is of no inductive type.",
        Axiom("S", TYPE),
        *projected(type_="Nat", index=0, of="S", name="S"),
    ),
    good(
        "part-of-a-recursive-type",
        "A type with one constructor has parts of its own type.",
        *projected(inductive("T", TYPE, ("mk", arrow("T", "Nat", "T"))), type_="Nat", index=1),
    ),
    good(
        "part-of-a-family",
        "A family with one constructor has parts as well.",
        inductive("T", arrow("Nat", TYPE), ("mk", pi(N, to=arrow("Bool", call("T", "n"))))),
        Definition(
            "d", pi(N, ("x", call("T", "n")), to="Bool"), fun(N, ("x", call("T", "n")), body=project("T", 1, "x"))
        ),
    ),
    good(
        "proof-of-a-conjunction",
        "A conjunction has parts, which are proofs.",
        Theorem("t", pi(P, Q, to=arrow(BOTH, "q")), fun(P, Q, ("h", BOTH), body=project("And", 1, "h"))),
    ),
    bad(
        "third-proof-of-a-conjunction",
        "And no third.",
        Theorem("t", pi(P, Q, to=arrow(BOTH, "q")), fun(P, Q, ("h", BOTH), body=project("And", 2, "h"))),
    ),
    bad(
        "witness-of-existence",
        "What exists is no part of the proof that it does.",
        Definition("d", arrow(EXISTS, "Nat"), fun(("x", EXISTS), body=project("Exists", 0, "x"))),
    ),
    bad(
        "proof-of-existence",
        "Nor is the proof about it.",
        Theorem("d", arrow(EXISTS, "True"), fun(("x", EXISTS), body=project("Exists", 1, "x"))),
    ),
    good("proof-before-data", "A proof is a part of a proposition.", *from_hidden(0, "True")),
    bad("data", "Data is none.", *from_hidden(1, "Nat")),
    good("proof-after-data", "A proof after data is one where it says nothing of it.", *from_hidden(2, "True")),
    bad("data-after-data", "Also the second data is none.", *from_hidden(3, "Nat")),
    bad("proof-about-data", "Nor is a proof about data.", *from_hidden(4, eq("Nat", M, M))),
    bad("proof-after-a-proof-about-data", "Nor any proof after it.", *from_hidden(5, "True")),
    bad(
        "data-in-the-index",
        "Data that the type shows is no part of a proof either.",
        inductive("T", AT, ("mk", pi(N, to=arrow("True", call("T", "n"))))),
        Definition(
            "d", pi(N, ("x", call("T", "n")), to="Nat"), fun(N, ("x", call("T", "n")), body=project("T", 0, "x"))
        ),
    ),
)

CASES = ELIMINATION + TYPING + IOTA + K + PROJECTIONS
