"""Proofs as trees of spans: where tactics stand, which blocks they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.goals.tactics import Block, Tactic, blocks, depth, proof_tree, tactics


def shown(text, part=None):
    """A tree as nested lists of heads: `[opener, head, …]`, a head with its blocks behind it in a tuple."""
    part = proof_tree(text) if part is None else part
    items = [(t.head, *(shown(text, block) for block in t.blocks)) if t.blocks else t.head for t in part.tactics]
    return [part.opener, *items]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("rfl", ["term", "term"]),
        ("by simp", ["by", "simp"]),
        ("by simp; omega", ["by", "simp", "omega"]),
        ("by\n  intro x\n  omega", ["by", "intro", "omega"]),
        ("by\n  simp\n    at h\n  omega", ["by", "simp", "omega"]),
        ("by\n  constructor\n  · simp\n  · omega", ["by", "constructor", ("·", ["·", "simp"]), ("·", ["·", "omega"])]),
        ("by\n  have h : a = b := by\n    simp\n  exact h", ["by", ("have", ["by", "simp"]), "exact"]),
        (
            "by\n  induction n with\n  | zero => simp\n  | succ n ih =>\n    rcases h with h | h\n    omega",
            ["by", ("induction", ["=>", "simp"], ["=>", "rcases", "omega"])],
        ),
        ("by cases h with\n  | inl a => simp\n  | inr b => omega", ["by", ("cases", ["=>", "simp"], ["=>", "omega"])]),
        ("by cases h with | inl a => simp | inr b => exact b", ["by", ("cases", ["=>", "simp"], ["=>", "exact"])]),
        (
            "by\n  cases h with\n  | a => cases g with\n    | b => simp\n    | c => rfl\n  | d => omega",
            ["by", ("cases", ["=>", ("cases", ["=>", "simp"], ["=>", "rfl"])], ["=>", "omega"])],
        ),
        ("by\n  constructor <;> simp at h <;> omega", ["by", ("constructor", ["<;>", "simp"], ["<;>", "omega"])]),
        ("by\n  constructor\n  <;> simp", ["by", ("constructor", ["<;>", "simp"])]),
        ("by first | simp | omega", ["by", ("first", ["first", "simp"], ["first", "omega"])]),
        ("by (intro x; simp)", ["by", ("(", ["(", "intro", "simp"])]),
        ("by { simp\n     omega }", ["by", ("{", ["{", "simp", "omega"])]),
        ("by\n  all_goals\n    simp\n    omega\n  rfl", ["by", ("all_goals", ["all_goals", "simp", "omega"]), "rfl"]),
        ("by case a x => simp; omega", ["by", ("case", ["=>", "simp", "omega"])]),
        ("by if h : p then simp else omega", ["by", ("if", ["then", "simp"], ["else", "omega"])]),
        (
            "by\n  calc a = b := by simp\n    _ = c := by\n      omega\n  rfl",
            ["by", ("calc", ["by", "simp"], ["by", "omega"]), "rfl"],
        ),
        ("fun x => ⟨by simp, by omega⟩", ["term", ("term", ["by", "simp"], ["by", "omega"])]),
        ("by\n  exact ⟨by simp, fun x => by omega⟩", ["by", ("exact", ["by", "simp"], ["by", "omega"])]),
        ("by\n  have : ∃ x, x > a := ⟨1, by omega⟩\n  rfl", ["by", ("have", ["by", "omega"]), "rfl"]),
        ("by -- why\n  simp /- ; -/ ; omega", ["by", "simp", "omega"]),
    ],
)
def test_the_tree_of_a_proof(text, tree):
    """Tactics stand in the blocks that people see."""
    assert shown(text) == tree


def test_spans_are_those_of_the_text():
    """The text of a tactic can be cut out by its span, within a larger text too."""
    text = "theorem t : True ∧ True := by\n  constructor\n  · trivial\n  · exact trivial\n\n#eval 1"
    tree = proof_tree(text, text.index("by"), text.index("\n\n"))
    found = [text[tactic.start : tactic.end] for tactic in tactics(tree)]
    assert found == ["constructor", "· trivial", "trivial", "· exact trivial", "exact trivial"]
    assert depth(tree) == 2
    assert len(list(blocks(tree))) == 3


WORDS = """
    by simp omega · . | => <;> ; ( ) { } ⟨ ⟩ [ ] , cases with fun ∀ first try have := then else if case calc _
    """.split()  # noqa: SIM905 - as a list it is thirty lines
PIECES = st.sampled_from([*WORDS, "\n", "\n  ", "\n    ", " ", "-- c\n", "/- c -/"])


@given(st.lists(PIECES, min_size=1, max_size=40).map(" ".join))
def test_any_text_has_a_tree_whose_spans_nest(text):
    """Whatever the text, parsing ends, spans lie within those around them, and siblings do not overlap."""
    try:
        tree = proof_tree(text)
    except ValueError:
        assert not text.replace("-- c\n", "").replace("/- c -/", "").strip()
        return
    nests(tree, 0, len(text))


def nests(part, start, end):
    assert start <= part.start <= part.end <= end
    inner = part.tactics if isinstance(part, Block) else part.blocks
    at = part.start
    for each in inner:
        assert each.start >= at
        at = each.end
        nests(each, part.start, part.end)
    assert isinstance(part, Tactic) or part.tactics


@pytest.mark.parametrize("deep", ["by have : a := " * 3000 + "by simp", "· " * 5000 + "simp", "(" * 5000])
def test_deep_nesting_is_no_danger(deep):
    """What is nested deeper than anybody writes is flat from there on."""
    assert depth(proof_tree(deep)) <= 200


def test_a_text_that_does_not_end_is_an_error():
    """An open comment is refused with its place, an empty text as well."""
    with pytest.raises(GoalError, match="1:3"):
        proof_tree("by /- simp")
    with pytest.raises(ValueError, match="no proof"):
        proof_tree("  -- nothing\n")
