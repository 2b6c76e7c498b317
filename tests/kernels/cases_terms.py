"""Variables, functions, `let`, what computes, and what is the same without computing."""

from prelude import Case, bad, cond, eq, good, numeral, refl, same
from terms import (
    PROP,
    TYPE,
    Axiom,
    Definition,
    Opaque,
    Theorem,
    arrow,
    bound,
    call,
    const,
    fun,
    imax,
    inductive,
    let,
    pi,
    project,
    sort,
)

P, Q, N, M = ("p", PROP), ("q", PROP), ("n", "Nat"), ("m", "Nat")
UNIT = const("PUnit", 1)
IMPLIES_BOTH = pi(P, Q, to=arrow("p", "q", "p"))
CONST_TYPE = Definition("first", arrow(TYPE, TYPE, TYPE), fun(("a", TYPE), ("b", TYPE), body="a"))


def ignored(argument, type_):
    """A number with an argument that is thrown away."""
    return call(fun(("_", type_), body=0), argument)


BINDERS: tuple[Case, ...] = (
    good(
        "identity", "A hypothesis proves itself.", Theorem("t", pi(P, to=arrow("p", "p")), fun(P, ("h", "p"), body="h"))
    ),
    good(
        "inner-variable",
        "Index 1 is the binder before the last.",
        Theorem("t", IMPLIES_BOTH, fun(P, Q, ("h", "p"), ("k", "q"), body=bound(1))),
    ),
    bad(
        "off-by-one",
        "Index 0 is the last binder, here of another proposition.",
        Theorem("t", IMPLIES_BOTH, fun(P, Q, ("h", "p"), ("k", "q"), body=bound(0))),
    ),
    bad(
        "off-by-one-outwards",
        "Index 2 is the proposition, no proof of it.",
        Theorem("t", IMPLIES_BOTH, fun(P, Q, ("h", "p"), ("k", "q"), body=bound(2))),
    ),
    good(
        "shadowing",
        "A name means the innermost binder; names do not matter.",
        Theorem("t", pi(P, Q, to=arrow("p", "q", "q")), fun(P, Q, ("h", "p"), ("h", "q"), body="h")),
    ),
    bad(
        "shadowed",
        "The outer binder of the name is not meant.",
        Theorem("t", IMPLIES_BOTH, fun(P, Q, ("h", "p"), ("h", "q"), body="h")),
    ),
    bad("loose-value", "A value has no variable of a binder that is not there.", Definition("d", "Nat", bound(0))),
    bad("loose-type", "Nor has a type.", Axiom("d", bound(0))),
    bad(
        "loose-under-a-binder",
        "Nor one beyond the binders that are there.",
        Theorem("t", pi(P, to=arrow("p", "p")), fun(P, ("h", "p"), body=bound(2))),
    ),
    bad(
        "loose-in-an-ignored-argument",
        "Nor in an argument that is thrown away.",
        Definition("d", "Nat", ignored(bound(0), "Nat")),
    ),
    bad(
        "loose-in-an-ignored-let",
        "Nor in a `let` that nobody uses.",
        Definition("d", "Nat", let("x", "Nat", bound(0), 0)),
    ),
    bad(
        "loose-in-a-binder-type",
        "Nor in the type of a binder.",
        Definition("d", arrow("Nat", "Nat"), fun(("x", bound(0)), body=0)),
    ),
    bad("loose-in-a-constructor", "Nor in a constructor.", inductive("T", TYPE, ("mk", arrow(bound(0), "T")))),
    bad("loose-and-large", "Nor the largest that there is.", Definition("d", "Nat", bound((1 << 20) - 2))),
    bad(
        "loose-equals-itself",
        "A variable of no binder does not even equal itself.",
        Theorem("t", eq("Nat", bound(0), bound(0)), refl("Nat", bound(0))),
    ),
    bad("number-for-a-type", "What is left of `:` is a type.", Axiom("d", 5)),
    bad("constant-that-is-no-type", "A function is no type.", CONST_TYPE, Axiom("d", "first")),
    bad("binder-over-a-number", "A binder is over a type.", Definition("d", PROP, pi(("x", 5), to="True"))),
    bad(
        "function-over-a-number",
        "Also that of a function.",
        Definition("d", arrow("Nat", "Nat"), fun(("x", 5), body=0)),
    ),
    good(
        "binder-over-what-computes-to-a-type",
        "It may need computing.",
        Definition("d", PROP, pi(("p", const("id", 2)(TYPE, PROP)), ("x", "p"), to="p")),
    ),
    bad("number-applied", "Only functions are applied.", Definition("d", "Nat", call(0, 0))),
    bad(
        "proof-applied", "A proof of `True` is no function.", Definition("d", "True", call("True.intro", "True.intro"))
    ),
    bad(
        "one-argument-too-many",
        "And to no more arguments than they have.",
        Definition("d", "Nat", call("Nat.succ", 0, 0)),
    ),
    bad(
        "argument-of-another-type",
        "And to those of the right type.",
        Definition("d", "Nat", call("Nat.succ", "Bool.true")),
    ),
    bad(
        "ignored-argument-of-another-type",
        "Also where they are thrown away.",
        Definition("d", "Nat", ignored("Bool.true", "Nat")),
    ),
    bad(
        "ill-typed-under-a-binder",
        "What is below a binder is checked.",
        Definition("d", arrow("Nat", "Nat"), fun(N, body=call("Nat.succ", "Nat"))),
    ),
    good(
        "dependent-application",
        "The type of an application has the argument in it.",
        Theorem(
            "t",
            pi(
                ("f", arrow(arrow(PROP, PROP), PROP)),
                ("g", pi(("a", arrow(PROP, PROP)), to=call("f", "a"))),
                to=call("f", fun(P, body=arrow("p", "p"))),
            ),
            fun(
                ("f", arrow(arrow(PROP, PROP), PROP)),
                ("g", pi(("a", arrow(PROP, PROP)), to=call("f", "a"))),
                body=call("g", fun(P, body=arrow("p", "p"))),
            ),
        ),
    ),
    bad(
        "dependent-application-to-another",
        "And not another one.",
        Theorem(
            "t",
            pi(("f", arrow(PROP, PROP)), ("g", pi(P, to=call("f", "p"))), to=call("f", "True")),
            fun(("f", arrow(PROP, PROP)), ("g", pi(P, to=call("f", "p"))), body=call("g", "False")),
        ),
    ),
)

BETA: tuple[Case, ...] = (
    good(
        "beta-in-a-type",
        "A type may need computing.",
        CONST_TYPE,
        Definition("d", call("first", PROP, arrow(PROP, PROP)), "True"),
    ),
    good(
        "beta-under-a-binder",
        "Functions compute under binders.",
        same(fun(N, body=call(fun(M, body=call("Nat.succ", "m")), "n")), "Nat.succ", type_=arrow("Nat", "Nat")),
    ),
    good(
        "beta-captures-nothing",
        "A variable that is put under a binder still means its own.",
        same(call(fun(N, M, body="n"), "m", 0), "m", M),
    ),
    bad("beta-captures", "It does not become the binder's.", same(call(fun(N, M, body="n"), "m", 0), 0, M)),
    good(
        "beta-lifts",
        "It is counted from further in below two binders.",
        same(fun(M, body=call(fun(N, M, body="n"), "m")), fun(N, M, body="n"), type_=arrow("Nat", "Nat", "Nat")),
    ),
    bad(
        "beta-lifts-wrongly",
        "And not the inner one.",
        same(fun(M, body=call(fun(N, M, body="n"), "m")), fun(N, M, body="m"), type_=arrow("Nat", "Nat", "Nat")),
    ),
    good(
        "church-numerals",
        "Two times two is four for numbers that are functions.",
        Definition("C", sort(2), pi(("a", TYPE), to=arrow(arrow("a", "a"), "a", "a"))),
        Definition("two", "C", fun(("a", TYPE), ("s", arrow("a", "a")), ("z", "a"), body=call("s", call("s", "z")))),
        Definition(
            "times",
            arrow("C", "C", "C"),
            fun(("x", "C"), ("y", "C"), ("a", TYPE), ("s", arrow("a", "a")), body=call("x", "a", call("y", "a", "s"))),
        ),
        same(call("times", "two", "two", "Nat", "Nat.succ", 0), 4),
    ),
    good(
        "binders-of-another-name",
        "Names of binders do not matter.",
        same(fun(N, body="n"), fun(M, body="m"), type_=arrow("Nat", "Nat")),
    ),
    bad(
        "functions-over-other-types",
        "The types of binders do.",
        Definition(
            "t", pi(("f", arrow("Nat", "Nat")), to=arrow("Bool", "Nat")), fun(("f", arrow("Nat", "Nat")), body="f")
        ),
    ),
)

LETS: tuple[Case, ...] = (
    good(
        "let",
        "A `let` is its body with the value in it.",
        Definition("d", TYPE, let("x", sort(2), TYPE, let("y", "x", PROP, "y"))),
    ),
    good("let-in-a-type", "Also in a type.", Definition("d", let("x", sort(2), TYPE, "x"), PROP)),
    good(
        "let-is-known-in-its-body",
        "The body may rest on the value.",
        Theorem(
            "t", eq("Nat", 2, 2), let("n", "Nat", 2, call(fun(("h", eq("Nat", "n", 2)), body="h"), refl("Nat", "n")))
        ),
    ),
    bad(
        "argument-is-not-known",
        "The body of a function may not rest on its argument.",
        Theorem(
            "t", eq("Nat", 2, 2), call(fun(N, body=call(fun(("h", eq("Nat", "n", 2)), body="h"), refl("Nat", "n"))), 2)
        ),
    ),
    bad(
        "let-of-another-type",
        "The value has the type that is said.",
        Definition("d", "Nat", let("x", "Nat", "Bool.true", 0)),
    ),
    bad("let-over-a-number", "That type is one.", Definition("d", "Nat", let("x", 5, 5, 0))),
    bad(
        "let-body-of-another-type",
        "The type of a `let` is that of its body.",
        Definition("d", "Nat", let("x", "Nat", 0, "Bool.true")),
    ),
    bad(
        "let-ill-typed-and-unused",
        "What nobody uses is checked as well.",
        Definition("d", "Nat", let("x", "Nat", call("Nat.succ", "Bool.true"), 0)),
    ),
    good(
        "let-dependent-type",
        "The type of the body may have the variable in it, and then has the value.",
        Theorem("t", eq("Nat", 3, 3), let("n", "Nat", 3, refl("Nat", "n"))),
    ),
    bad(
        "let-dependent-type-of-another",
        "And no other value.",
        Theorem("t", eq("Nat", 3, 4), let("n", "Nat", 3, refl("Nat", "n"))),
    ),
    good(
        "let-shadows",
        "The value is outside the scope of its own variable.",
        same(let("n", "Nat", 1, let("n", "Nat", call("Nat.succ", "n"), "n")), 2),
    ),
    good(
        "let-under-binders",
        "A `let` computes under binders.",
        same(fun(M, body=let("n", "Nat", "m", call("Nat.succ", "n"))), "Nat.succ", type_=arrow("Nat", "Nat")),
    ),
    good(
        "have-computes",
        "The mark `nondep` is for the elaborator; to a kernel, `have` is `let`.",
        Theorem(
            "t",
            eq("Nat", 2, 2),
            let("n", "Nat", 2, call(fun(("h", eq("Nat", "n", 2)), body="h"), refl("Nat", "n")), nondep=True),
        ),
    ),
)

F = ("f", arrow("Nat", "Nat"))
PAIR = call("Prod", "Nat", "Nat")
ONE_STEP = inductive("Step", TYPE, ("mk", arrow("Step", "Step")))
AT_ZERO = inductive("AtZero", arrow("Nat", TYPE), ("mk", call("AtZero", 0)))
PROOF_PAIR = inductive("T", TYPE, ("mk", arrow("Nat", "True", "T")))

ETA: tuple[Case, ...] = (
    good("eta", "A function is `fun x => f x`.", same(fun(N, body=call("f", "n")), "f", F, type_=arrow("Nat", "Nat"))),
    good(
        "eta-turned", "Also the other way round.", same("f", fun(N, body=call("f", "n")), F, type_=arrow("Nat", "Nat"))
    ),
    good(
        "eta-dependent",
        "Also where its type depends on the argument.",
        same(
            fun(N, body=call("f", "n")),
            "f",
            ("b", arrow("Nat", TYPE)),
            ("f", pi(N, to=call("b", "n"))),
            type_=pi(N, to=call("b", "n")),
        ),
    ),
    good(
        "eta-of-a-constructor",
        "Also of a constructor.",
        same(fun(N, body=call("Nat.succ", "n")), "Nat.succ", type_=arrow("Nat", "Nat")),
    ),
    good(
        "eta-twice",
        "Also for two arguments.",
        same(
            fun(N, M, body=call("f", "n", "m")),
            "f",
            ("f", arrow("Nat", "Nat", "Nat")),
            type_=arrow("Nat", "Nat", "Nat"),
        ),
    ),
    bad(
        "eta-swapped",
        "Not with the arguments swapped.",
        same(
            fun(N, M, body=call("f", "m", "n")),
            "f",
            ("f", arrow("Nat", "Nat", "Nat")),
            type_=arrow("Nat", "Nat", "Nat"),
        ),
    ),
    bad(
        "eta-of-another-argument",
        "Not with another argument.",
        same(fun(N, body=call("f", call("g", "n"))), "f", F, ("g", arrow("Nat", "Nat")), type_=arrow("Nat", "Nat")),
    ),
    bad(
        "eta-where-the-function-depends",
        "Not where the function has the variable in it.",
        same(
            fun(N, body=call("f", "n", "n")), call("f", 0), ("f", arrow("Nat", "Nat", "Nat")), type_=arrow("Nat", "Nat")
        ),
    ),
    bad(
        "no-extensionality",
        "Functions with equal values are not the same without a proof.",
        same(fun(N, body=call("Nat.add", 0, "n")), fun(N, body="n"), type_=arrow("Nat", "Nat")),
    ),
    good(
        "structure-eta",
        "A pair is the pair of its parts.",
        same(
            "x",
            call("Prod.mk", "Nat", "Nat", project("Prod", 0, "x"), project("Prod", 1, "x")),
            ("x", PAIR),
            type_=PAIR,
        ),
    ),
    good(
        "structure-eta-turned",
        "Also the other way round.",
        same(
            call("Prod.mk", "Nat", "Nat", project("Prod", 0, "x"), project("Prod", 1, "x")),
            "x",
            ("x", PAIR),
            type_=PAIR,
        ),
    ),
    bad(
        "structure-eta-swapped",
        "Not of the parts swapped.",
        same(
            "x",
            call("Prod.mk", "Nat", "Nat", project("Prod", 1, "x"), project("Prod", 0, "x")),
            ("x", PAIR),
            type_=PAIR,
        ),
    ),
    bad(
        "structure-eta-of-two",
        "Not of parts of two pairs.",
        same(
            "x",
            call("Prod.mk", "Nat", "Nat", project("Prod", 0, "x"), project("Prod", 1, "y")),
            ("x", PAIR),
            ("y", PAIR),
            type_=PAIR,
        ),
    ),
    good(
        "unit-eta",
        "All of a type with one constructor without fields are the same.",
        same("x", "y", ("x", UNIT), ("y", UNIT), type_=UNIT),
    ),
    good(
        "unit-eta-in-any-universe",
        "Also where the universe is a parameter.",
        Theorem(
            "t",
            pi(("x", const("PUnit", "u")), ("y", const("PUnit", "u")), to=eq(const("PUnit", "u"), "x", "y", "u")),
            fun(("x", const("PUnit", "u")), ("y", const("PUnit", "u")), body=refl(const("PUnit", "u"), "x", "u")),
            ("u",),
        ),
    ),
    bad(
        "two-constructors-are-no-unit",
        "Not where there are two constructors.",
        same("x", "y", ("x", "Bool"), ("y", "Bool"), type_="Bool"),
    ),
    bad(
        "no-constructor-is-no-unit",
        "Not where there is none: then nothing is known of the type.",
        same("x", "y", ("x", "Empty"), ("y", "Empty"), type_="Empty"),
    ),
    bad(
        "recursive-is-no-unit",
        "Not where the only constructor has a field of the type itself.",
        ONE_STEP,
        same("x", "y", ("x", "Step"), ("y", "Step"), type_="Step"),
    ),
    bad(
        "indexed-is-no-unit",
        "Not in a family with an index.",
        AT_ZERO,
        same("x", "y", ("x", call("AtZero", 0)), ("y", call("AtZero", 0)), type_=call("AtZero", 0)),
    ),
    bad(
        "eta-of-a-partial-constructor",
        "A constructor without its last argument is not expanded; Lean's own kernel is the measure of that.",
        PROOF_PAIR,
        same(
            call("T.mk", project("T", 0, call("x", "True.intro"))),
            "x",
            ("x", arrow("True", "T")),
            type_=arrow("True", "T"),
        ),
    ),
)

SUBTYPE = call("Subtype", "Nat", fun(N, body="True"))
MADE = call("Subtype.mk", "Nat", fun(N, body="True"))

IRRELEVANCE: tuple[Case, ...] = (
    good(
        "proofs-are-the-same",
        "Two proofs of a proposition are the same.",
        Theorem(
            "t",
            pi(P, ("h", "p"), ("k", "p"), to=eq("p", "h", "k", 0)),
            fun(P, ("h", "p"), ("k", "p"), body=refl("p", "h", 0)),
        ),
    ),
    bad(
        "data-is-not",
        "Two things of a type are not.",
        Theorem(
            "t",
            pi(("p", TYPE), ("h", "p"), ("k", "p"), to=eq("p", "h", "k")),
            fun(("p", TYPE), ("h", "p"), ("k", "p"), body=refl("p", "h")),
        ),
    ),
    bad(
        "data-of-any-sort-is-not",
        "Nor of what need not be a proposition.",
        Theorem(
            "t",
            pi(("p", sort("u")), ("h", "p"), ("k", "p"), to=eq("p", "h", "k", "u")),
            fun(("p", sort("u")), ("h", "p"), ("k", "p"), body=refl("p", "h", "u")),
            ("u",),
        ),
    ),
    good(
        "proofs-by-computation",
        "What computes to `Prop` has propositions in it.",
        Theorem(
            "t",
            pi(("p", const("id", 2)(TYPE, PROP)), ("h", "p"), ("k", "p"), to=eq("p", "h", "k", 0)),
            fun(("p", const("id", 2)(TYPE, PROP)), ("h", "p"), ("k", "p"), body=refl("p", "h", 0)),
        ),
    ),
    good(
        "proofs-by-level",
        "`Sort (imax 1 0)` is `Prop`; before lean4#14613, a kernel looked for `Sort 0` as it is written.",
        Theorem(
            "t",
            pi(("p", sort(imax(1, 0))), ("h", "p"), ("k", "p"), to=eq("p", "h", "k", 0)),
            fun(("p", sort(imax(1, 0))), ("h", "p"), ("k", "p"), body=refl("p", "h", 0)),
        ),
        embedded=False,
    ),
    good(
        "proofs-in-arguments",
        "Functions of proofs have the same values.",
        same(call("f", "h"), call("f", "k"), P, ("f", arrow("p", "Nat")), ("h", "p"), ("k", "p")),
    ),
    bad(
        "functions-of-proofs",
        "Functions of proofs are not the same for that.",
        same(call("f", "h"), call("g", "h"), P, ("f", arrow("p", "Nat")), ("g", arrow("p", "Nat")), ("h", "p")),
    ),
    good(
        "subtype-with-other-proofs",
        "Pairs of the same number and any proof are the same.",
        same(call(MADE, 1, "h"), call(MADE, 1, "k"), ("h", "True"), ("k", "True"), type_=SUBTYPE),
    ),
    bad(
        "subtype-with-other-numbers",
        "Of different numbers they are not.",
        same(call(MADE, 1, "h"), call(MADE, 2, "h"), ("h", "True"), type_=SUBTYPE),
    ),
    bad(
        "propositions-are-not-proofs",
        "Propositions themselves are data.",
        Theorem("t", pi(P, Q, to=eq(PROP, "p", "q")), fun(P, Q, body=refl(PROP, "p"))),
    ),
    bad(
        "proof-of-another-proposition",
        "A proof of one proposition is none of another.",
        Theorem("t", pi(P, Q, to=arrow("p", "q")), fun(P, Q, ("h", "p"), body="h")),
    ),
    bad(
        "true-is-not-another",
        "Propositions that both hold are not the same.",
        Theorem("t", eq(PROP, "True", arrow("True", "True")), refl(PROP, "True")),
    ),
)

NONE = fun(N, M, body="False")


def accessible(of):
    """That nothing is below `of`, by a relation that never holds."""
    return const("Acc", 1)("Nat", NONE, of)


ANYTHING = const("False.rec", 0)(fun(("_", "False"), body=accessible("n")), "h")
MOTIVE = fun(N, ("_", accessible("n")), body="Nat")
SEVEN = fun(N, ("_", pi(M, to=arrow("False", accessible("m")))), ("_", pi(M, to=arrow("False", "Nat"))), body=7)
TWO = Definition("two", "Nat", 2)

UNFOLDING: tuple[Case, ...] = (
    *(
        good(
            f"definition-unfolds-{hints}",
            "A definition is its value, whatever its hint says.",
            Definition("two", "Nat", 2, hints=hints),
            same("two", 2),
        )
        for hints in ("abbrev", "opaque", 0, 7, (1 << 32) - 1)
    ),
    bad("definition-is-no-other", "And no other value.", TWO, same("two", 3)),
    good(
        "heights-that-lie",
        "Hints say in which order to unfold, and change no answer where they are wrong.",
        Definition("a", "Nat", 2, hints=9),
        Definition("b", "Nat", "a", hints=0),
        Definition("c", "Nat", "b", hints=5),
        same("c", "a"),
    ),
    good(
        "definition-of-any-level",
        "A definition unfolds at the levels that it is used at.",
        Definition("P", PROP, arrow(sort("u"), "True"), ("u",)),
        Theorem("t", const("P", 3), fun(("x", sort(3)), body="True.intro")),
    ),
    bad(
        "definition-at-another-level",
        "And at no other.",
        Definition("P", PROP, arrow(sort("u"), "True"), ("u",)),
        Theorem("t", const("P", 3), fun(("x", sort(2)), body="True.intro")),
    ),
    good(
        "same-function-of-different-arguments",
        "Where arguments differ, a function may still not use them.",
        Definition("f", arrow("Nat", "Nat"), fun(N, body=5)),
        same(call("f", 1), call("f", 2)),
    ),
    bad(
        "same-function-that-uses-them",
        "Or may use them.",
        Definition("f", arrow("Nat", "Nat"), fun(N, body="n")),
        same(call("f", 1), call("f", 2)),
    ),
    good("opaque-is-itself", "An opaque constant is itself.", Opaque("c", "Nat", 2), same("c", "c")),
    bad("opaque-does-not-unfold", "It is not its value.", Opaque("c", "Nat", 2), same("c", 2)),
    bad(
        "opaque-is-no-other",
        "Nor another one with the same value.",
        Opaque("c", "Nat", 2),
        Opaque("d", "Nat", 2),
        same("c", "d"),
    ),
    bad("opaque-of-another-type", "Its value has its type.", Opaque("c", "Nat", "Bool.true")),
    bad("axiom-does-not-unfold", "An axiom is no other constant.", Axiom("c", "Nat"), same("c", 0)),
    good(
        "theorem-unfolds",
        "The proof in a theorem computes, where a recursor waits for it.",
        Theorem("proof", accessible(0), const("Acc.intro", 1)("Nat", NONE, 0, fun(N, ("h", "False"), body=ANYTHING))),
        same(const("Acc.rec", 1, 1)("Nat", NONE, MOTIVE, SEVEN, 0, "proof"), 7),
    ),
    bad(
        "opaque-proof-does-not-unfold",
        "An opaque proof does not compute.",
        Opaque("proof", accessible(0), const("Acc.intro", 1)("Nat", NONE, 0, fun(N, ("h", "False"), body=ANYTHING))),
        same(const("Acc.rec", 1, 1)("Nat", NONE, MOTIVE, SEVEN, 0, "proof"), 7),
    ),
    good(
        "numerals-by-definition",
        "A number by name is the number.",
        TWO,
        same(call("Nat.add", "two", "two"), numeral(4)),
    ),
    good(
        "condition-unfolds",
        "What is defined by cases computes.",
        Definition("yes", "Bool", "Bool.true"),
        same(cond("yes", 1, 2), 1),
    ),
    bad("condition-of-a-variable", "Not for a variable.", same(cond("x", 1, 1), 1, ("x", "Bool"))),
)

CASES = BINDERS + BETA + LETS + ETA + IRRELEVANCE + UNFOLDING
