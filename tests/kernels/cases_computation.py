"""Numbers, text and quotients: what kernels compute by other means than the declarations say."""

import math
from dataclasses import replace

from prelude import PRELUDE, QUOTIENT, Case, bad, cond, eq, good, numeral, refl, same
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
    inductive,
    pi,
    project,
    sort,
    succ,
    term,
    text,
)

N, M = ("n", "Nat"), ("m", "Nat")
BIG = 1 << 64
BINARY = {
    "add": lambda n, m: n + m,
    "sub": lambda n, m: max(n - m, 0),
    "mul": lambda n, m: n * m,
    "div": lambda n, m: n // m if m else 0,
    "mod": lambda n, m: n % m if m else n,
    "gcd": math.gcd,
    "land": lambda n, m: n & m,
    "lor": lambda n, m: n | m,
    "xor": lambda n, m: n ^ m,
}
SHIFTS = {"pow": lambda n, m: n**m, "shiftLeft": lambda n, m: n << m, "shiftRight": lambda n, m: n >> m}
COMPARED = {"beq": lambda n, m: n == m, "ble": lambda n, m: n <= m}
EDGES = (
    *((0, 0), (7, 3), (3, 7), (5, 0), (0, 5), (12, 18), (1 << 31, 1), (1 << 32, (1 << 32) - 1), ((1 << 63) - 1, 1)),
    *((1 << 63, 1 << 63), (BIG - 1, 1), (BIG, BIG - 1), (BIG + 1, 3), (1 << 128, (1 << 65) + 1), (3**200, 2**150 + 1)),
)
"""Where a number outgrows a word, or a tagged word, of 32 or 64 bits, and far beyond."""

SMALL = (
    (0, 0),
    (7, 3),
    (3, 7),
    (5, 0),
    (0, 5),
    (1, 31),
    (1, 32),
    (1, 63),
    (1, 64),
    (BIG - 1, 3),
    (BIG + 1, 64),
    (3, 100),
)


def nat(function: str, *arguments: TermLike) -> Term:
    return call(f"Nat.{function}", *arguments)


def all_of(claims: list[tuple[TermLike, TermLike]], type_: TermLike = "Nat") -> Theorem:
    """That each pair is the same, in one theorem."""
    statement, proof = const("True"), const("True.intro")
    for left, right in claims:
        claim = eq(type_, left, right)
        proof = call("And.intro", claim, statement, refl(type_, left), proof)
        statement = call("And", claim, statement)
    return Theorem("t", statement, proof)


def truth(of: bool) -> str:
    return "Bool.true" if of else "Bool.false"


def renamed(of: TermLike) -> Term:
    """The term with other names for functions of numbers."""
    found = term(of)
    if found.word == "const" and found.rest[0][1] in FUNCTIONS:
        return const(f"My{found.rest[0][1]}")
    return replace(found, inner=tuple((key, renamed(each)) for key, each in found.inner))


FUNCTIONS = {each.name for each in PRELUDE if isinstance(each, Plain) and each.name.startswith("Nat.")}
COPIES = tuple(
    replace(each, name=f"My{each.name}", type=renamed(each.type), value=renamed(each.value))
    for each in PRELUDE
    if isinstance(each, Plain) and each.name in FUNCTIONS
)

ARITHMETIC: tuple[Case, ...] = (
    *(
        good(
            f"{name}-at-edges",
            f"`Nat.{name}` of numerals is the number that it is, of any size.",
            all_of([(nat(name, n, m), of(n, m)) for n, m in EDGES]),
        )
        for name, of in BINARY.items()
    ),
    *(
        good(
            f"{name}-at-edges",
            f"`Nat.{name}` of numerals is the number that it is.",
            all_of([(nat(name, n, m), of(n, m)) for n, m in SMALL]),
        )
        for name, of in SHIFTS.items()
    ),
    *(
        good(
            f"{name}-at-edges",
            f"`Nat.{name}` of numerals is the truth value that it is.",
            all_of([(nat(name, n, m), truth(of(n, m))) for n, m in EDGES], "Bool"),
        )
        for name, of in COMPARED.items()
    ),
    good(
        "log2-at-edges",
        "`Nat.log2` of numerals is the number that it is, and 0 for 0.",
        all_of(
            [
                (nat("log2", n), max(n.bit_length() - 1, 0))
                for n in (0, 1, 2, 3, (1 << 32) - 1, 1 << 63, BIG - 1, BIG, 3**200)
            ]
        ),
    ),
    good(
        "pred-at-edges",
        "The number before a numeral, and 0 before 0.",
        all_of([(nat("pred", n), max(n - 1, 0)) for n in (0, 1, 1 << 31, 1 << 63, BIG, BIG + 1)]),
    ),
    *(
        bad(
            f"{name}-is-not-cut-to-{bits}-bits",
            "Numbers do not overflow.",
            same(nat(name, n, m), BINARY[name](n, m) % (1 << bits)),
        )
        for name, n, m, bits in (
            ("add", BIG - 1, 1, 64),
            ("add", (1 << 63) - 1, 1, 63),
            ("add", (1 << 32) - 1, 1, 32),
            ("mul", 1 << 32, 1 << 32, 64),
            ("mul", 1 << 16, 1 << 16, 32),
        )
    ),
    bad("pow-is-not-cut", "Nor do powers.", same(nat("pow", 2, 64), 0)),
    bad("shift-is-not-cut", "Nor do shifts, also by more than a word has bits.", same(nat("shiftLeft", 1, 64), 1)),
    bad("sub-is-not-wrapped", "Nothing is below zero.", same(nat("sub", 3, 7), BIG - 4)),
    bad("sub-is-not-absolute", "Also not its absolute value.", same(nat("sub", 3, 7), 4)),
    bad("div-by-zero-is-zero", "By zero, a number divides to 0, to nothing else.", same(nat("div", 5, 0), 5)),
    bad("mod-by-zero-is-itself", "And leaves itself.", same(nat("mod", 5, 0), 0)),
    bad("gcd-with-zero", "The common divisor of a number and 0 is the number.", same(nat("gcd", 5, 0), 0)),
    bad("pow-of-zero", "Zero to the power of zero is 1.", same(nat("pow", 0, 0), 0)),
    bad(
        "beq-of-large-numbers",
        "Large numbers that differ in their last bit are not equal.",
        same(nat("beq", BIG, BIG + 1), "Bool.true", type_="Bool"),
    ),
    bad(
        "beq-of-numbers-cut",
        "Nor those that are equal in a word.",
        same(nat("beq", BIG + 5, 5), "Bool.true", type_="Bool"),
    ),
    bad("large-numerals-differ", "Nor are they the same.", same(BIG + 5, 5)),
    bad("large-numerals-differ-by-one", "Also where they differ by one.", same(1 << 70, (1 << 70) + 1)),
    *(
        good(
            f"{name}-as-defined",
            "What is computed by other means is what the definition computes.",
            *COPIES,
            all_of(
                [
                    (call(f"MyNat.{name}", n, m), nat(name, n, m))
                    for n, m in ((0, 0), (7, 3), (3, 7), (5, 0), (0, 4), (6, 6))
                ],
                "Bool" if name in COMPARED else "Nat",
            ),
        )
        for name in (*BINARY, *SHIFTS, *COMPARED)
        if name != "pow"
    ),
    good(
        "pow-as-defined",
        "Powers, too.",
        *COPIES,
        all_of([(call("MyNat.pow", n, m), nat("pow", n, m)) for n, m in ((0, 0), (0, 3), (3, 0), (2, 5), (5, 2))]),
    ),
    good(
        "log2-as-defined",
        "And logarithms.",
        *COPIES,
        all_of([(call("MyNat.log2", n), nat("log2", n)) for n in range(10)]),
    ),
    good(
        "largest-power",
        "The largest exponent that is computed at once.",
        same(nat("beq", nat("pow", 2, 1 << 24), 0), "Bool.false", type_="Bool"),
    ),
    bad(
        "too-large-a-power",
        "A number without room for it is not computed; a kernel says so, or dies.",
        same(nat("beq", nat("pow", 2, (1 << 24) + 1), 0), "Bool.true", type_="Bool"),
        out_of_means=True,
    ),
    bad(
        "too-large-a-shift",
        "Nor is one that is shifted too far.",
        same(nat("beq", nat("shiftLeft", 1, 1 << 40), 0), "Bool.true", type_="Bool"),
        out_of_means=True,
    ),
    good("far-shift-to-the-right", "To the right, it is zero.", same(nat("shiftRight", 7, 1 << 40), 0)),
    good(
        "recursion-on-a-large-number",
        "A recursor takes one step where the step asks for no more.",
        same(const("Nat.rec", 1)(fun(("_", "Nat"), body="Nat"), 0, fun(N, ("_", "Nat"), body="n"), 10**30), 10**30 - 1),
    ),
)

NUMERALS: tuple[Case, ...] = (
    good("numeral", "A numeral is a number.", Definition("d", "Nat", BIG)),
    bad("numeral-of-another-type", "And nothing else.", Definition("d", "Bool", 1)),
    good("numeral-in-successors", "It is what successors of zero are.", same(3, numeral(3))),
    bad("numeral-in-other-successors", "And no others.", same(3, numeral(4))),
    good("zero-numeral", "0 is zero.", same(0, "Nat.zero")),
    bad("one-is-not-zero", "1 is not.", same(1, "Nat.zero")),
    good("successor-of-a-numeral", "The successor of a numeral is the next one.", same(nat("succ", BIG - 1), BIG)),
    bad("successor-of-another-numeral", "And not the same.", same(nat("succ", BIG), BIG)),
    bad("successor-of-a-variable", "A variable is not its successor.", same(nat("succ", "n"), "n", N)),
    good(
        "successors-are-compared",
        "Successors are the same where what is before is.",
        same(nat("succ", nat("add", 1, "n")), nat("succ", nat("add", 1, "n")), N),
    ),
    good(
        "add-a-numeral-to-a-variable",
        "A variable and 2 is its successor's successor.",
        same(nat("add", "n", 2), nat("succ", nat("succ", "n")), N),
    ),
    bad(
        "add-to-a-numeral",
        "2 and a variable is not: recursion is on the second.",
        same(nat("add", 2, "n"), nat("succ", nat("succ", "n")), N),
    ),
    bad(
        "commuted",
        "Addition commutes by proof, not by computation.",
        same(nat("add", "n", "m"), nat("add", "m", "n"), N, M),
    ),
    good("multiply-by-zero", "A variable times 0 is 0.", same(nat("mul", "n", 0), 0, N)),
    bad("multiply-zero", "0 times a variable is not, by computation.", same(nat("mul", 0, "n"), 0, N)),
    good(
        "power-of-a-variable",
        "A variable to the power of 2 computes as the definition says.",
        same(nat("pow", "n", 2), nat("mul", nat("mul", 1, "n"), "n"), N),
    ),
    bad(
        "power-of-a-variable-is-no-number",
        "It is no number: what is no numeral was once read as one (lean4#8060).",
        same(nat("pow", "n", 2), 0, N),
    ),
    bad(
        "power-of-an-opaque-number",
        "Nor is that of a constant without a value.",
        Opaque("c", "Nat", 5),
        same(nat("pow", "c", 2), 25),
    ),
    bad("power-by-a-variable", "Nor that with a variable for the exponent.", same(nat("pow", 2, "n"), 0, N)),
    good(
        "power-by-computation",
        "Both may need computing.",
        same(nat("pow", nat("add", 1, 1), cond("Bool.true", 70, 0)), 1 << 70),
    ),
    good(
        "comparison-decides",
        "A comparison of large numbers decides at once.",
        same(cond(nat("ble", BIG, 3**100), 1, 2), 1),
    ),
    good(
        "large-recursion-is-not-needed",
        "Sums of large numbers take no step for each.",
        same(nat("sub", nat("mul", 10**50, 10**50), 10**100 - 7), 7),
    ),
    bad(
        "number-type-of-another",
        "A numeral is of `Nat`, also where another type is like it.",
        inductive("My", TYPE, ("zero", "My"), ("succ", arrow("My", "My"))),
        Definition("d", "My", 1),
    ),
)

CHARS = const("List", 0)("Char")


def spelt(of: str) -> Term:
    """A text in its characters."""
    made = const("List.nil", 0)("Char")
    for each in reversed(of):
        made = const("List.cons", 0)("Char", call("Char.ofNat", ord(each)), made)
    return call("String.ofList", made)


TEXTS: tuple[Case, ...] = (
    good("text", "A text is a string.", Definition("d", "String", text("a"))),
    bad("text-of-another-type", "And nothing else.", Definition("d", CHARS, text("a"))),
    good(
        "text-is-its-characters", "A text is the list of its characters.", same(text("ab"), spelt("ab"), type_="String")
    ),
    good("characters-are-a-text", "Also the other way round.", same(spelt("ab"), text("ab"), type_="String")),
    good("empty-text", "Also where it is empty.", same(text(""), spelt(""), type_="String")),
    good(
        "text-beyond-ascii",
        "A character is one, however many bytes it takes.",
        same(text("é→𝔸"), spelt("é→𝔸"), type_="String"),
    ),
    good("text-with-zero", "Also the character 0.", same(text("a\0b"), spelt("a\0b"), type_="String")),
    bad("text-after-zero", "Which does not end a text.", same(text("a\0b"), text("a\0c"), type_="String")),
    bad("texts-differ", "Different texts are different.", same(text("a"), text("b"), type_="String")),
    bad("texts-of-other-lengths", "Also in their length.", same(text("a"), text("ab"), type_="String")),
    bad("text-of-other-characters", "Also from other characters.", same(text("ab"), spelt("ba"), type_="String")),
    bad(
        "text-in-another-form",
        "A letter with an accent is not a letter and an accent.",
        same(text("\u00e9"), text("e\u0301"), type_="String"),
    ),
    good(
        "text-taken-apart",
        "A text is taken apart as its characters are.",
        same(
            const("String.rec", 1)(fun(("_", "String"), body=CHARS), fun(("l", CHARS), body="l"), text("a")),
            const("List.cons", 0)("Char", call("Char.ofNat", 97), const("List.nil", 0)("Char")),
            type_=CHARS,
        ),
    ),
    good(
        "part-of-a-text",
        "So are its parts.",
        same(project("String", 0, text("")), const("List.nil", 0)("Char"), type_=CHARS),
    ),
    bad("text-is-no-number", "A text is no number.", Definition("d", "Nat", text("5"))),
)

R = ("r", arrow("Nat", "Nat", PROP))
QUOT = const("Quot", 1)("Nat", "r")
MADE = const("Quot.mk", 1)("Nat", "r")
F = ("f", arrow("Nat", "Bool"))
RESPECT = pi(N, M, to=arrow(call("r", "n", "m"), eq("Bool", call("f", "n"), call("f", "m"))))
A = ("a", sort("u"))
TO_A = arrow("a", "a", PROP)


def with_equality(*equality):
    """Quotients above what `equality` is."""
    return *equality, QUOTIENT[0]


def lifted(of: TermLike, proof: TermLike = "h") -> Term:
    return const("Quot.lift", 1, 1)("Nat", "r", "Bool", "f", proof, of)


def own_equality(type_: TermLike, made: TermLike, fixed: int = 2, params: tuple[str, ...] = ("u",)):
    return inductive("Eq", type_, ("refl", made), fixed=fixed, params=params)


REFL = pi(A, ("x", "a"), to=const("Eq", "u")("a", "x", "x"))

QUOTIENTS: tuple[Case, ...] = (
    good("quotient", "A quotient is a type.", Definition("d", arrow(R[1], TYPE), const("Quot", 1)("Nat"))),
    good(
        "quotient-with-its-equality",
        "Quotients may be declared where `Eq` is as Lean has it.",
        *with_equality(own_equality(pi(A, to=TO_A), REFL)),
    ),
    Case("quotient-without-equality", "Not before it.", (QUOTIENT[0],), accepted=False),
    bad(
        "quotient-with-an-axiom",
        "Not where it is an axiom.",
        *with_equality(Axiom("Eq", pi(A, to=TO_A), params=("u",))),
    ),
    bad(
        "quotient-with-a-definition",
        "Not where it is a definition.",
        *with_equality(Definition("Eq", pi(A, to=TO_A), fun(A, ("x", "a"), ("y", "a"), body="True"), params=("u",))),
    ),
    bad(
        "quotient-with-data",
        "Not where it is no proposition.",
        *with_equality(own_equality(pi(A, to=arrow("a", "a", TYPE)), REFL)),
    ),
    bad(
        "quotient-with-two-proofs",
        "Not where it has two constructors.",
        *with_equality(inductive("Eq", pi(A, to=TO_A), ("refl", REFL), ("other", REFL), fixed=2, params=("u",))),
    ),
    bad(
        "quotient-with-more-proofs",
        "Not where its constructor takes more.",
        *with_equality(own_equality(pi(A, to=TO_A), pi(A, ("x", "a"), ("y", "a"), to=const("Eq", "u")("a", "x", "y")))),
    ),
    bad(
        "quotient-with-a-field",
        "Also a proof.",
        *with_equality(
            own_equality(pi(A, to=TO_A), pi(A, ("x", "a"), to=arrow("True", const("Eq", "u")("a", "x", "x"))))
        ),
    ),
    bad(
        "quotient-with-types-alone",
        "Not where it is of types alone.",
        *with_equality(
            own_equality(
                pi(("a", sort(succ("u"))), to=TO_A),
                pi(("a", sort(succ("u"))), ("x", "a"), to=const("Eq", "u")("a", "x", "x")),
            )
        ),
    ),
    bad(
        "quotient-with-another-order",
        "Not where its arguments are others.",
        *with_equality(
            own_equality(
                pi(A, ("x", "a"), ("y", TYPE), to=PROP), pi(A, ("x", "a"), to=const("Eq", "u")("a", "x", "Nat"))
            )
        ),
    ),
    good(
        "lift-computes",
        "A function of a quotient computes on what is made of an element.",
        same(lifted(MADE("n")), call("f", "n"), R, F, ("h", RESPECT), N, type_="Bool"),
    ),
    bad(
        "lift-computes-no-other",
        "To its own value.",
        same(lifted(MADE("n")), call("f", "m"), R, F, ("h", RESPECT), N, M, type_="Bool"),
    ),
    bad(
        "lift-of-a-variable",
        "On a variable it is stuck.",
        same(
            const("Quot.lift", 1, 1)(
                "Nat", "r", "Nat", fun(N, body=7), fun(N, M, ("_", call("r", "n", "m")), body=refl("Nat", 7)), "q"
            ),
            7,
            R,
            ("q", QUOT),
        ),
    ),
    good(
        "lift-of-a-constant-function",
        "Where the function does not care, no proof of that is needed but that 7 is 7.",
        same(
            const("Quot.lift", 1, 1)(
                "Nat", "r", "Nat", fun(N, body=7), fun(N, M, ("_", call("r", "n", "m")), body=refl("Nat", 7)), MADE("n")
            ),
            7,
            R,
            N,
        ),
    ),
    bad(
        "lift-without-respect",
        "A function that tells related elements apart is none of the quotient.",
        Definition(
            "d",
            pi(R, F, to=arrow(QUOT, "Bool")),
            fun(
                R,
                F,
                ("q", QUOT),
                body=const("Quot.lift", 1, 1)(
                    "Nat",
                    "r",
                    "Bool",
                    "f",
                    fun(N, M, ("_", call("r", "n", "m")), body=refl("Bool", call("f", "n"))),
                    "q",
                ),
            ),
        ),
    ),
    bad(
        "lift-with-another-respect",
        "The proof is about this function.",
        Definition(
            "d",
            pi(R, F, ("h", RESPECT), ("g", arrow("Nat", "Bool")), to=arrow(QUOT, "Bool")),
            fun(
                R,
                F,
                ("h", RESPECT),
                ("g", arrow("Nat", "Bool")),
                ("q", QUOT),
                body=const("Quot.lift", 1, 1)("Nat", "r", "Bool", "g", "h", "q"),
            ),
        ),
    ),
    bad(
        "related-elements-by-computation",
        "Related elements give the same in the quotient by an axiom, not by computation.",
        Theorem(
            "t",
            pi(R, N, M, ("h", call("r", "n", "m")), to=eq(QUOT, MADE("n"), MADE("m"))),
            fun(R, N, M, ("h", call("r", "n", "m")), body=refl(QUOT, MADE("n"))),
        ),
    ),
    bad(
        "quotients-by-other-relations",
        "Quotients by different relations are different.",
        Definition(
            "d",
            pi(R, ("s", R[1]), to=arrow(QUOT, const("Quot", 1)("Nat", "s"))),
            fun(R, ("s", R[1]), ("q", QUOT), body="q"),
        ),
    ),
    good(
        "induction-on-a-quotient",
        "What holds of what is made of each element holds of the quotient.",
        Theorem(
            "t",
            pi(R, ("p", arrow(QUOT, PROP)), ("h", pi(N, to=call("p", MADE("n")))), ("q", QUOT), to=call("p", "q")),
            fun(
                R,
                ("p", arrow(QUOT, PROP)),
                ("h", pi(N, to=call("p", MADE("n")))),
                body=const("Quot.ind", 1)("Nat", "r", "p", "h"),
            ),
        ),
    ),
    bad(
        "induction-on-a-quotient-for-data",
        "That is so for propositions alone.",
        Definition(
            "t",
            pi(R, ("p", arrow(QUOT, TYPE)), ("h", pi(N, to=call("p", MADE("n")))), ("q", QUOT), to=call("p", "q")),
            fun(
                R,
                ("p", arrow(QUOT, TYPE)),
                ("h", pi(N, to=call("p", MADE("n")))),
                body=const("Quot.ind", 1)("Nat", "r", "p", "h"),
            ),
        ),
    ),
    bad(
        "quotient-has-no-parts",
        "A quotient has no parts.",
        Definition("d", pi(R, to=arrow(QUOT, "Nat")), fun(R, ("q", QUOT), body=project("Quot", 0, "q"))),
    ),
    bad(
        "quotient-has-no-recursor",
        "And no recursor.",
        Definition("d", pi(R, to=arrow(QUOT, "Nat")), fun(R, body=const("Quot.rec", 1, 1)("Nat", "r"))),
    ),
)

CASES = ARITHMETIC + NUMERALS + TEXTS + QUOTIENTS
