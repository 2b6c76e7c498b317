"""The shapes behind bugs that kernels of Lean had, and what kernels assume without a look.

Where the older, embedded kernel has the bug, it takes what it must not: such a case names the change that ended it.
"""

from prelude import QUOTIENT, Case, bad, complete, eq, good, refl, same
from terms import (
    PROP,
    TYPE,
    Axiom,
    Definition,
    Opaque,
    Plain,
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
    text,
)

N, B, P = ("n", "Nat"), ("b", "Bool"), ("p", PROP)
DATA = inductive("T", sort(imax(1, 0)), ("mk", arrow("Bool", "T")))
PHANTOM = inductive("L", arrow(TYPE, "Nat", TYPE), ("nil", pi(("a", TYPE), N, to=call("L", "a", "n"))), fixed=2)


def field_of(name: str, over: TermLike = "T", type_: TermLike = "Bool", index: int = 0) -> Plain:
    """What takes a field out of a structure."""
    return Definition("d", arrow(over, type_), fun(("x", over), body=project(name, index, "x")))


# Equality by computation is not transitive here: `first` equals `second`, as both apply a function to proofs of the
# same proposition; `second` takes a step and is `third`; `first` and `third` wait for different proofs.
BELOW = fun(("y", "Bool"), ("x", "Bool"), body=eq("Bool", "x", "Bool.true"))


def accessible(of: TermLike) -> Term:
    return const("Acc", 1)("Bool", BELOW, of)


def smaller(of: TermLike, then: TermLike) -> Term:
    return pi(("y", "Bool"), to=arrow(call(BELOW, "y", of), then))


SMALLER = smaller("x", accessible("y"))
WALK = fun(
    ("x", "Bool"),
    ("_", SMALLER),
    body=const("Bool.rec", 1)(
        fun(("x", "Bool"), body=arrow(smaller("x", "Bool"), "Bool")),
        fun(("_", smaller("Bool.false", "Bool")), body="Bool.true"),
        fun(("next", smaller("Bool.true", "Bool")), body=call("next", "Bool.false", refl("Bool", "Bool.true"))),
        "x",
    ),
)


def walked(of: TermLike, proof: TermLike) -> Term:
    """Recursion along a proof that `of` is accessible."""
    return const("Acc.rec", 1, 1)(
        "Bool", BELOW, fun(("x", "Bool"), ("_", accessible("x")), body="Bool"), WALK, of, proof
    )


PROOF = Axiom("proof", accessible("Bool.true"))
INNER = Definition(
    "inner",
    smaller("Bool.true", accessible("y")),
    fun(
        ("y", "Bool"),
        ("s", call(BELOW, "y", "Bool.true")),
        body=const("Acc.rec", 0, 1)(
            *("Bool", BELOW, fun(("x", "Bool"), ("_", accessible("x")), body=SMALLER)),
            fun(
                ("x", "Bool"),
                ("h", SMALLER),
                ("_", smaller("x", pi(("z", "Bool"), to=arrow(call(BELOW, "z", "y"), accessible("z"))))),
                body="h",
            ),
            *("Bool.true", "proof", "y", "s"),
        ),
    ),
)
BY_TRUE = Definition(
    "walk",
    arrow(accessible("Bool.true"), "Bool"),
    fun(("h", accessible("Bool.true")), body=walked("Bool.true", "h")),
    hints=1,  # arguments are compared first where a function has a height
)
FIRST = Definition("first", "Bool", call("walk", "proof"), hints=2)
MADE = const("Acc.intro", 1)("Bool", BELOW, "Bool.true", "inner")
SECOND = Definition("second", "Bool", call("walk", MADE), hints=2)
LAST = call("inner", "Bool.false", refl("Bool", "Bool.true"))
THIRD = Definition("third", "Bool", walked("Bool.false", LAST), hints=2)
CHAIN = PROOF, INNER, BY_TRUE, FIRST, SECOND, THIRD


def both(first: Term, second: Term) -> Term:
    return call("And", first, second)


STEPS = eq("Bool", "first", "second"), eq("Bool", "second", "third"), eq("Bool", "first", "third")
PROOFS = refl("Bool", "first"), refl("Bool", "second"), refl("Bool", "first")
GATE = Definition(
    "gate",
    arrow(STEPS[0], TYPE),
    fun(
        ("h", STEPS[0]),
        body=const("Eq.rec", 2, 1)(
            "Bool", "first", fun(("y", "Bool"), ("_", eq("Bool", "first", "y")), body=TYPE), PROP, "second", "h"
        ),
    ),
)
OWNER = inductive(
    "Owner",
    pi(("h", STEPS[0]), to=call("gate", "h")),
    ("mk", pi(("h", STEPS[0]), to=arrow("Bool", call("Owner", "h")))),
    fixed=1,
)
WITNESS = Theorem("step", STEPS[0], refl("Bool", "first")), Opaque("witness", STEPS[2], "step")

# The same with a quotient of proofs, of which every element is what is made of each proof.
OF_PROOFS = const("Quot", 0)("p", "r")
RESPECT = pi(("x", "p"), ("y", "p"), to=arrow(call("r", "x", "y"), eq("Nat", call("f", "x"), call("f", "y"))))
GIVEN = P, ("r", arrow("p", "p", PROP)), ("f", arrow("p", "Nat")), ("h", RESPECT)
LIFT = Definition(
    "lift",
    pi(*GIVEN, to=arrow(OF_PROOFS, "Nat")),
    fun(*GIVEN, body=const("Quot.lift", 0, 1)("p", "r", "Nat", "f", "h")),
    hints=1,
)
OF_ONE = call("lift", "p", "r", "f", "h", const("Quot.mk", 0)("p", "r", "x"))
OF_ANY = call("lift", "p", "r", "f", "h", "q")
X, ANY = ("x", "p"), ("q", OF_PROOFS)

TRANSITIVITY: tuple[Case, ...] = (
    good(
        "quotient-of-proofs",
        "All elements of a quotient of proofs are proofs and the same.",
        *(LIFT, same(OF_ANY, OF_ONE, *GIVEN, X, ANY)),
    ),
    good(
        "lift-of-a-proof",
        "A function of the quotient computes on a proof.",
        LIFT,
        same(OF_ONE, call("f", "x"), *GIVEN, X),
    ),
    bad(
        "lift-of-any-proof",
        "And not on any element: both steps together are not taken.",
        *(LIFT, same(OF_ANY, call("f", "x"), *GIVEN, X, ANY)),
    ),
    good(
        "first-step",
        "Functions of proofs of the same proposition are equal.",
        *CHAIN,
        Theorem("t", STEPS[0], PROOFS[0]),
    ),
    good("second-step", "A recursor takes a step on a constructor.", *CHAIN, Theorem("t", STEPS[1], PROOFS[1])),
    bad(
        "both-steps-at-once",
        "Both steps together are not taken: equality by computation is not transitive.",
        *CHAIN,
        Theorem("t", STEPS[2], PROOFS[2]),
    ),
    bad(
        "both-steps-after-one-another",
        "Nor where both were found before: what was found is remembered as a pair, not as a class (lean4#14806).",
        *CHAIN,
        Theorem(
            "t",
            both(STEPS[0], both(STEPS[1], STEPS[2])),
            call(
                "And.intro",
                STEPS[0],
                both(*STEPS[1:]),
                PROOFS[0],
                call("And.intro", STEPS[1], STEPS[2], PROOFS[1], PROOFS[2]),
            ),
        ),
    ),
    good(
        "step-by-step",
        "A proof of the one equation is a proof of the other.",
        *CHAIN,
        Theorem("t", arrow(STEPS[0], STEPS[2]), fun(("h", STEPS[0]), body="h")),
    ),
    good("gate", "What rests on an equation that computes may be the universe of a type.", *CHAIN, GATE, OWNER),
    bad(
        "data-of-a-gate",
        "There, it is `Prop`, and no data comes out.",
        *CHAIN,
        GATE,
        OWNER,
        Definition(
            "d",
            pi(("h", STEPS[0]), to=arrow(call("Owner", "h"), "Bool")),
            fun(("h", STEPS[0]), ("x", call("Owner", "h")), body=project("Owner", 0, "x")),
        ),
    ),
    bad(
        "data-of-a-stuck-gate",
        "Where the equation does not compute, the type is not in any universe that a kernel can see, and still no data "
        "comes out of it; a kernel before lean4#14807 took it for no proposition.",
        *(*CHAIN, GATE, OWNER, *WITNESS),
        Definition("d", "Bool", project("Owner", 0, call("Owner.mk", "witness", "Bool.true"))),
        embedded=True,
    ),
)

ENDED: tuple[Case, ...] = (
    good(
        "data-in-a-proposition-by-level",
        "A proposition has any fields, also in `Sort (imax 1 0)`; before lean4#14613, a kernel looked for `Sort 0`.",
        DATA,
        embedded=False,
    ),
    Case(
        "data-of-a-proposition-by-level",
        "And no data comes out of it, by whatever level it is a proposition (lean4#14613).",
        complete((DATA, field_of("T"))),
        accepted=False,
        native_only=True,
    ),
    bad(
        "data-of-a-proposition-by-another-name",
        "Nor by a name that is in `Sort (imax 1 0)`.",
        inductive("T", PROP, ("mk", arrow("Bool", "T"))),
        Definition("S", sort(imax(1, 0)), "T"),
        field_of("T", "S"),
    ),
    bad(
        "phantom-argument",
        "An argument that a nested type never uses is checked all the same (lean4#14577).",
        PHANTOM,
        inductive("T", TYPE, ("mk", arrow(call("L", "T", call("Nat.succ", "Bool.true")), "T")), nested=1),
        embedded=True,
    ),
    bad(
        "phantom-projection",
        "Also where it is a part of what has none.",
        PHANTOM,
        inductive("T", TYPE, ("mk", arrow(call("L", "T", project("Prod", 0, 5)), "T")), nested=1),
        embedded=True,
    ),
    good(
        "phantom-argument-well-typed",
        "A good argument is taken.",
        PHANTOM,
        inductive("T", TYPE, ("mk", arrow(call("L", "T", 5), "T")), nested=1),
    ),
    bad(
        "parameter-changes-in-a-nested-type",
        "A parameter stays what it is where a type nests in another, also where nothing of the type is kept there "
        "(raised at lean4#14577).",
        PHANTOM,
        inductive(
            "T",
            arrow("Bool", TYPE),
            ("mk", pi(B, to=arrow(call("L", call("T", "Bool.true"), 0), call("T", "b")))),
            fixed=1,
            nested=1,
        ),
        embedded=True,
    ),
    bad(
        "name-of-a-kernel",
        "No type mentions what is called as a kernel's own types for nesting are (lean4#14616).",
        Definition("_nested.L_1", PROP, "True"),
        inductive("T", PROP, ("mk", arrow("_nested.L_1", "T"))),
        embedded=True,
    ),
    bad(
        "quotients-over-other-constants",
        "Quotients are not declared over constants of their names; before lean4#14632, they took their place.",
        *complete((Axiom("Quot.lift", eq("Nat", 0, 0)),)),
        QUOTIENT[0],
        embedded=True,
    ),
)

NEVER = "Kernels compute with {} by its name, and do not look at what is declared by it (lean4#188): "
ZERO = Definition("Nat.add", arrow("Nat", "Nat", "Nat"), fun(N, ("m", "Nat"), body=0))
IS_ZERO = fun(
    ("k", "Nat"),
    body=const("Nat.rec", 1)(fun(("_", "Nat"), body=PROP), "True", fun(("_", "Nat"), ("_", PROP), body="False"), "k"),
)
ALL_ZERO = Theorem(
    "all", pi(N, ("m", "Nat"), to=eq("Nat", 0, call("Nat.add", "n", "m"))), fun(N, ("m", "Nat"), body=refl("Nat", 0))
)

ASSUMED: tuple[Case, ...] = (
    good(
        "false-sum",
        f"{NEVER.format('`Nat.add`')}that it is another function is for the caller to see.",
        ZERO,
        same(call("Nat.add", 2, 2), 4),
    ),
    good(
        "false-by-a-false-sum",
        f"{NEVER.format('`Nat.add`')}with another function by that name, they take a proof of `False`.",
        ZERO,
        ALL_ZERO,
        Theorem(
            "t",
            "False",
            const("Eq.rec", 0, 1)(
                "Nat",
                0,
                fun(("k", "Nat"), ("_", eq("Nat", 0, "k")), body=call(IS_ZERO, "k")),
                "True.intro",
                4,
                call("all", 2, 2),
            ),
        ),
    ),
    good(
        "false-by-a-numeral",
        f"{NEVER.format('`Nat`')}a numeral is a proof of `False` where that is called so.",
        Definition("Nat", PROP, "False"),
        Theorem("t", "False", 5),
    ),
    good(
        "false-by-a-text",
        f"{NEVER.format('`String`')}so is a text.",
        Definition("String", PROP, "False"),
        Theorem("t", "False", text("a")),
    ),
)

CASES = TRANSITIVITY + ENDED + ASSUMED
