"""Theorems, axioms, names, and what is unsafe."""

from prelude import Case, bad, eq, good, refl, same
from terms import (
    PROP,
    TYPE,
    Axiom,
    Definition,
    Opaque,
    TermLike,
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
    sort,
)

N, P = ("n", "Nat"), ("p", PROP)
TO_NAT = arrow("Nat", "Nat")

THEOREMS: tuple[Case, ...] = (
    good("theorem", "A theorem has a proof of what it says.", Theorem("t", eq("Nat", 1, 1), refl("Nat", 1))),
    bad("theorem-without-proof", "Nothing else is one.", Theorem("t", eq("Nat", 1, 2), refl("Nat", 1))),
    bad("false-theorem", "Not for `False`.", Theorem("t", "False", "True.intro")),
    bad("theorem-of-a-number", "What a theorem says is a proposition, no other type.", Theorem("t", "Nat", 0)),
    bad(
        "theorem-of-a-proposition",
        "A proposition is no proof of `Prop`, which is no proposition.",
        Theorem("t", PROP, "True"),
    ),
    bad(
        "theorem-of-any-sort",
        "Nor is what may be a proposition.",
        Theorem(
            "t", pi(("a", sort("u")), to=arrow("a", "a")), fun(("a", sort("u")), ("x", "a"), body="x"), params=("u",)
        ),
    ),
    bad("theorem-of-no-type", "Nor what is no type.", Theorem("t", 5, 5)),
    bad("theorem-of-a-proof", "Nor is a proof.", Theorem("t", "True.intro", "True.intro")),
    good(
        "theorem-by-computation",
        "A proposition by computation is one.",
        Theorem("t", const("id", 1)(PROP, "True"), "True.intro"),
    ),
    good(
        "theorem-by-level",
        "So is what is in `Sort (imax 1 0)`; before lean4#14613, a kernel looked for `Sort 0` as it is written.",
        Axiom("S", sort(imax(1, 0))),
        Axiom("s", "S"),
        Theorem("t", "S", "s"),
        embedded=False,
    ),
    bad("theorem-ill-typed", "What it says is well typed.", Theorem("t", eq("Nat", "True.intro", 1), refl("Nat", 1))),
    bad("theorem-with-a-loose-variable", "And has no variables of its own.", Theorem("t", bound(0), "True.intro")),
    bad(
        "theorem-with-too-many-levels",
        "And has as many levels as it must (lean4#12817).",
        Definition("c", PROP, "True", params=("u",)),
        Theorem("t", const("c", 0, 0), "True.intro"),
    ),
    bad(
        "theorem-with-too-few-levels",
        "Not fewer either.",
        Definition("c", PROP, "True", params=("u",)),
        Theorem("t", "c", "True.intro"),
    ),
    bad(
        "theorem-with-other-levels-on-both-sides",
        "Nor where two constants are compared that lack their levels.",
        Definition("c", "Nat", 0, params=("u",)),
        Theorem("t", eq("Nat", "c", const("c", 0, 0)), refl("Nat", "c")),
    ),
    bad("theorem-by-itself", "A theorem does not prove itself.", Theorem("t", "False", "t")),
    bad("theorem-by-a-later-one", "Nor by one that is not there.", Theorem("t", "False", "s")),
    good("theorem-by-another", "By one that is.", Theorem("s", "True", "True.intro"), Theorem("t", "True", "s")),
)

AXIOMS: tuple[Case, ...] = (
    good(
        "axiom",
        "A kernel takes any axiom, also a false one: which ones are allowed is decided elsewhere.",
        Axiom("a", "False"),
    ),
    good(
        "theorem-by-axiom",
        "What follows from an axiom is a theorem.",
        Axiom("a", "False"),
        Theorem("t", eq("Nat", 0, 1), const("False.rec", 0)(fun(("_", "False"), body=eq("Nat", 0, 1)), "a")),
    ),
    good("axiom-of-data", "An axiom may give data.", Axiom("a", "Nat")),
    bad("axiom-of-no-type", "Of a type.", Axiom("a", 3)),
    bad("axiom-ill-typed", "Which is well typed.", Axiom("a", eq("Nat", "True.intro", 1))),
    bad("axiom-of-the-unknown", "And of known constants.", Axiom("a", "Nowhere")),
)

NAMES: tuple[Case, ...] = (
    bad("definition-twice", "A name is declared once.", Definition("a", "Nat", 0), Definition("a", "Nat", 1)),
    bad(
        "definition-twice-the-same",
        "Also by the same declaration.",
        Definition("a", "Nat", 0),
        Definition("a", "Nat", 0),
    ),
    bad(
        "theorem-over-a-definition",
        "Also by another kind.",
        Definition("a", "Nat", 0),
        Theorem("a", "True", "True.intro"),
    ),
    bad("axiom-over-a-theorem", "Also by an axiom.", Theorem("a", "True", "True.intro"), Axiom("a", "False")),
    bad("definition-over-a-type", "Also over an inductive type.", inductive("T", TYPE), Definition("T", TYPE, "Nat")),
    bad(
        "definition-over-a-constructor",
        "Also over its constructor.",
        inductive("T", TYPE, ("mk", "T")),
        Definition("T.mk", "Nat", 0),
    ),
    bad(
        "definition-over-a-recursor",
        "Also over its recursor.",
        inductive("T", TYPE, ("mk", "T")),
        Definition("T.rec", "Nat", 0),
    ),
    bad("type-over-a-definition", "Also by an inductive type.", Definition("T", TYPE, "Nat"), inductive("T", TYPE)),
    bad("opaque-over-an-axiom", "Also by an opaque one.", Axiom("a", "Nat"), Opaque("a", "Nat", 0)),
    bad("unknown-constant", "A constant is declared before it is used.", Definition("a", "Nat", "Nowhere")),
    bad(
        "unknown-in-an-ignored-argument",
        "Also in an argument that is thrown away.",
        Definition("a", "Nat", call(fun(("_", "Nat"), body=0), "Nowhere")),
    ),
    bad("unknown-in-a-let", "Also in a `let` that nobody uses.", Definition("a", "Nat", let("x", "Nat", "Nowhere", 0))),
    bad("unknown-in-a-binder", "Also in the type of a binder.", Definition("a", TYPE, arrow("Nowhere", "Nat"))),
    bad("definition-by-itself", "A definition does not mention itself.", Definition("a", "Nat", "a")),
    bad("definition-by-itself-in-its-type", "Not in its type either.", Definition("a", "a", 0)),
    bad(
        "recursive-definition",
        "Recursion is by recursors.",
        Definition("f", arrow("Nat", "False"), fun(N, body=call("f", "n"))),
    ),
    bad("opaque-by-itself", "That holds of opaque ones as well.", Opaque("a", "False", "a")),
    good(
        "shared-parts",
        "Names that share parts are different names.",
        Definition("a.b", "Nat", 0),
        Definition("b", "Nat", 1),
        Definition("a.b.c", "Nat", "a.b"),
    ),
    good("names-of-any-letters", "And of any letters.", Definition("été «x» 1", "Nat", 0), same("été «x» 1", 0)),
    bad("part-of-a-name", "A name is not its last part.", Definition("a.b", "Nat", 0), Definition("c", "Nat", "b")),
)


def mention(of: TermLike, **more):
    """A definition that mentions something; a number."""
    return Definition("d", "Nat", of, **more)


UNSAFE_F = Definition("f", TO_NAT, fun(N, body=call("f", "n")), safety="unsafe")
PARTIAL_F = Definition("f", TO_NAT, fun(N, body="n"), safety="partial")
UNSAFE_T = inductive("T", TYPE, ("mk", arrow(arrow("T", "Nat"), "T")), safety="unsafe")

SAFETY: tuple[Case, ...] = (
    good("unsafe-definition", "What is unsafe may call itself.", UNSAFE_F),
    good("partial-definition", "What is partial is marked so.", PARTIAL_F),
    bad(
        "partial-definition-by-itself",
        "It may call itself only where it is declared as one of several, for which the format has no line.",
        Definition("f", TO_NAT, fun(N, body=call("f", "n")), safety="partial"),
    ),
    bad("unsafe-ill-typed", "Neither is ill typed.", Definition("f", TO_NAT, 0, safety="unsafe")),
    bad("partial-ill-typed", "Neither of them.", Definition("f", TO_NAT, 0, safety="partial")),
    bad("safe-mentions-unsafe", "What is safe mentions nothing unsafe.", UNSAFE_F, mention(call("f", 0))),
    bad("safe-mentions-partial", "And nothing partial.", PARTIAL_F, mention(call("f", 0))),
    bad(
        "partial-mentions-unsafe",
        "What is partial mentions nothing unsafe.",
        UNSAFE_F,
        mention(call("f", 0), safety="partial"),
    ),
    bad(
        "partial-mentions-partial",
        "It may mention what is partial only where both are declared together, for which the format has no line.",
        PARTIAL_F,
        mention(call("f", 0), safety="partial"),
    ),
    good(
        "unsafe-mentions-unsafe",
        "What is unsafe may mention what is.",
        UNSAFE_F,
        mention(call("f", 0), safety="unsafe"),
    ),
    good("unsafe-mentions-partial", "And what is partial.", PARTIAL_F, mention(call("f", 0), safety="unsafe")),
    good("unsafe-mentions-safe", "And what is safe.", Definition("a", "Nat", 0), mention("a", safety="unsafe")),
    bad(
        "ignored-mention-of-unsafe",
        "A mention counts where it is thrown away.",
        UNSAFE_F,
        mention(call(fun(("_", "Nat"), body=0), call("f", 0))),
    ),
    bad(
        "theorem-mentions-unsafe",
        "A theorem is safe.",
        UNSAFE_F,
        Theorem("t", eq("Nat", call("f", 0), call("f", 0)), refl("Nat", call("f", 0))),
    ),
    bad(
        "theorem-mentions-partial",
        "Also as to what is partial.",
        PARTIAL_F,
        Theorem("t", eq("Nat", call("f", 0), call("f", 0)), refl("Nat", call("f", 0))),
    ),
    bad(
        "proof-mentions-unsafe",
        "Also in its proof alone.",
        Definition("f", "False", "f", safety="unsafe"),
        Theorem("t", "False", "f"),
    ),
    bad(
        "proof-mentions-partial",
        "Which may stand for a loop.",
        Definition("f", "True", "True.intro", safety="partial"),
        Theorem("t", "True", "f"),
    ),
    bad("opaque-mentions-unsafe", "An opaque constant is safe.", UNSAFE_F, Opaque("d", "Nat", call("f", 0))),
    bad(
        "unsafe-opaque",
        "Its own mark does not help: its value is checked as what is safe.",
        UNSAFE_F,
        Opaque("d", "Nat", call("f", 0), safety="unsafe"),
    ),
    bad(
        "safe-mentions-unsafe-opaque",
        "But nothing safe mentions it where it has the mark.",
        Opaque("c", "Nat", 0, safety="unsafe"),
        mention("c"),
    ),
    good("unsafe-axiom", "An axiom may be unsafe.", Axiom("a", "False", safety="unsafe")),
    bad(
        "safe-mentions-unsafe-axiom",
        "Then nothing safe mentions it.",
        Axiom("a", "False", safety="unsafe"),
        Theorem("t", "False", "a"),
    ),
    bad(
        "axiom-mentions-unsafe",
        "Nor does an axiom mention what is unsafe.",
        UNSAFE_F,
        Axiom("a", eq("Nat", call("f", 0), 0)),
    ),
    good("unsafe-type", "An unsafe type need not be positive.", UNSAFE_T),
    bad(
        "safe-mentions-unsafe-type", "Nothing safe mentions it.", UNSAFE_T, mention(call(fun(("_", TYPE), body=0), "T"))
    ),
    bad(
        "safe-mentions-unsafe-constructor",
        "Nor its constructors.",
        UNSAFE_T,
        mention(call(fun(("_", arrow(arrow("T", "Nat"), "T")), body=0), "T.mk")),
    ),
    bad(
        "safe-mentions-unsafe-recursor",
        "Nor its recursor.",
        UNSAFE_T,
        Definition(
            "d", TYPE, call(fun(("_", TYPE), body="Nat"), call(fun(("_", "Nat"), body="Nat"), const("T.rec", 1)))
        ),
    ),
    bad("type-mentions-unsafe", "Also no type of its own.", UNSAFE_T, inductive("S", TYPE, ("mk", arrow("T", "S")))),
)

CASES = THEOREMS + AXIOMS + NAMES + SAFETY
