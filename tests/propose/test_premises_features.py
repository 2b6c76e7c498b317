"""Which constants a printed proof state shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.state import Hypothesis, OpenGoal, ProofState, parse_goals
from proofagent.propose.premises.features import Vocabulary, constants
from proofagent.propose.premises.notation import NOTATION

COUNTS = {
    "Option.some": 40,
    "Sum.some": 3,
    "Option.none": 30,
    "Max.max": 20,
    "Nat.max": 1,
    "List.length": 30,
    "Array.length": 1,
    "String.length": 9,
    "Option.map": 31,
    "List.map": 30,
    "id": 8,
    "List.id": 1,
    "Foo.x": 7,
}
COUNTS |= {constant: 50 for meant in NOTATION.values() for constant in meant}
COUNTS |= dict.fromkeys(["Nat", "Int", "List", "Option", "String", "OfNat.ofNat", "GetElem.getElem", "Bool.true"], 90)
COUNTS |= dict.fromkeys(["List.reverse", "Array.size", "Nat.succ", "Nat.Prime"], 10)
VOCABULARY = Vocabulary.of(COUNTS)
CASES = {
    "a b : Nat\n⊢ a + b * 2 = b - 1": "Nat HAdd.hAdd HMul.hMul HSub.hSub OfNat.ofNat Eq",
    "⊢ -a ≤ b": "Neg.neg LE.le",
    "⊢ a - -b < c": "HSub.hSub Neg.neg LT.lt",
    "⊢ a > b ∧ ¬c ≥ d": "GT.gt LT.lt GE.ge LE.le And Not",
    "h : p ↔ q\n⊢ n ∣ m ∨ x ≠ y % z ^ k": "Iff Dvd.dvd Or Ne HMod.hMod HPow.hPow",
    "⊢ x <<< 1 = y &&& z ||| w": "HShiftLeft.hShiftLeft HAnd.hAnd HOr.hOr OfNat.ofNat Eq",
    "⊢ (b && !c) = true": "Bool.and Bool.not Bool.true Eq",
    "⊢ x :: (xs ++ []) = [x]": "List.cons List.nil HAppend.hAppend Eq",
    "⊢ #[a, b] = #v[c]": "List.toArray Vector.mk Eq",
    "⊢ 1#8 = x": "BitVec.ofNat OfNat.ofNat Eq",
    "⊢ ∃ x, x ∈ l ∧ x ∉ k": "Exists Membership.mem And Not",
    "⊢ List.map (fun x => x) l <+: k": "List.map List.IsPrefix",
    "⊢ (if a then b else c) = d": "ite Eq",
    "⊢ iff = c.if": "Eq",
    "xs : List Nat\n⊢ xs[i] = y": "List Nat GetElem.getElem Eq",
    "xs : List Nat\n⊢ xs[i]? = y": "List Nat GetElem?.getElem? Eq",
    "⊢ (f x)[i]! = xs[j]": "GetElem?.getElem! GetElem.getElem Eq",
    "⊢ m<...n = a...=b": "Std.Roo.mk Std.Rcc.mk Eq",
    '⊢ "Nat.succ + (Int" = x': "Eq",
    "⊢ 'a' = x'": "Eq",
}


def state(text):
    return ProofState(parse_goals(text))


@pytest.mark.parametrize("text", CASES)
def test_notation_stands_for_constants(text):
    """Operators, literals and brackets are the constants that they are notation for, and nothing else is found."""
    assert constants(state(text), VOCABULARY) == set(CASES[text].split())


def test_every_notation_is_read():
    """A sign between two variables shows what the table says of it."""
    for sign, meant in NOTATION.items():
        text = "-b" if sign == "-" else f"a {sign} b"
        assert constants(ProofState((OpenGoal((), text),)), VOCABULARY) >= set(meant)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("⊢ Nat.succ n", {"Nat.succ"}),
        ("xs : List Nat\n⊢ xs.length", {"List", "Nat", "List.length"}),
        ("s : String\n⊢ s.length", {"String", "String.length"}),
        ("xs : List Nat\n⊢ xs.reverse.length", {"List", "Nat", "List.reverse", "List.length"}),
        ("⊢ (f x).size", {"Array.size"}),
        ("⊢ ∀ (o : Option Nat), o.map f", {"Option", "Nat", "Option.map"}),
        ("xs : List Nat\n⊢ map f xs", {"List", "Nat", "List.map"}),
        ("xs : List Nat\n⊢ xs.id", {"List", "Nat", "List.id"}),
        ("xs : List Nat\n⊢ id xs", {"List", "Nat", "id"}),
        ("⊢ some none", {"Option.some", "Option.none"}),
        ("⊢ max a b", {"Max.max"}),
        ("⊢ Perm.succ (MyTree.size x)", set()),
        ("n : Nat := Nat.succ m\n⊢ p", {"Nat", "Nat.succ"}),
    ],
)
def test_shortened_names_are_completed(text, expected):
    """A field is one of its variable's type; else a name is in a type of the goal; else it is the most common one."""
    assert constants(state(text), VOCABULARY) == expected


@pytest.mark.parametrize(
    "text",
    ["some : p\n⊢ some", "⊢ ∀ max, q max", "⊢ fun some none => some", "⊢ ∀ (map id : α), map", "x : α\n⊢ x", "⊢ x"],
)
def test_variables_are_no_constants(text):
    """A name that the goal binds, and a single letter, means no constant that ends in it."""
    assert constants(state(text), VOCABULARY) == set()


def test_all_goals_of_a_state_are_read():
    """Coupled goals are worked on together, so what any of them shows counts."""
    assert constants(state("x : Nat\n⊢ p\n\nz : Int\n⊢ q"), VOCABULARY) == {"Nat", "Int"}


PIECE = st.sampled_from(
    [
        *NOTATION,
        *COUNTS,
        "xs",
        ".length",
        "(",
        ")",
        "[",
        "]",
        "∀ ",
        "fun ",
        "«a b»",
        '"',
        "'",
        "x✝",
        "3",
        ":",
        " ",
        "⟨",
        ".",
    ]
)
TEXT = st.lists(PIECE, max_size=12).map("".join) | st.text(max_size=20)


@given(st.lists(st.builds(Hypothesis, st.sampled_from(["xs", "n", "«a b»", "inst✝"]), TEXT), max_size=3), TEXT)
def test_whatever_is_printed_shows_known_constants_only(hypotheses, target):
    """No text makes the reader fail, and it says nothing but constants of the vocabulary."""
    shown = constants(ProofState((OpenGoal(tuple(hypotheses), target),)), VOCABULARY)
    assert shown <= COUNTS.keys()


@pytest.mark.parametrize(
    "text", ["map.reverse." * 9000, "(a " * 9000, "fun a" * 9000, "«" * 2000, '"' * 2000, "[x" * 9000]
)
def test_long_texts_are_read(text):
    """Neither depth nor length of a text is too much."""
    assert constants(ProofState((OpenGoal((), f"{text} ∧ p"),)), VOCABULARY) <= COUNTS.keys()


@given(TEXT)
def test_more_text_shows_no_less(text):
    """A further hypothesis without a variable in it takes nothing away."""
    goal = OpenGoal((Hypothesis("q", "Nat"),), text)
    more = OpenGoal((*goal.hypotheses, Hypothesis("q2", "Nat.Prime 7")), text)
    assert constants(ProofState((goal,)), VOCABULARY) <= constants(ProofState((more,)), VOCABULARY)
