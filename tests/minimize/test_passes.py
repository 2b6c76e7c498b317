"""Passes: what each proposes, and that nothing is ever proposed outside the proof."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.minimize.edits import apply, places
from proofagent.minimize.passes import PASSES, closing, dropping, joining, lifting, proposals
from proofagent.minimize.passes.base import script_of

HEAD = "theorem t (a b : Nat) (h : a < b) : P :="


def proposed(proof, *passes):
    """The proofs that passes propose for a proof, blanks joined."""
    text = HEAD + proof
    script = script_of(text, len(HEAD), len(text), 0)
    found = [edits for each in passes for edits in each(script)]
    return [" ".join(apply(text, edits, start=len(HEAD))[len(HEAD) :].split()) for edits in found]


CASES = [
    (closing.close_tails, " by\n  skip\n  simp [a]", "by omega"),
    (closing.close_tails, " by\n  skip\n  simp [a]", "by skip omega"),
    (closing.close_tails, " by\n  skip\n  simp [a]", "by exact h"),
    (closing.close_terms, " by\n  exact h", "h"),
    (closing.close_terms, " f x", "by simp_all"),
    (closing.close_branches, " by\n  constructor\n  · exact a\n  · exact b", "by constructor <;> omega"),
    (closing.close_branches, " by\n  cases x with\n  | z => simp\n  | s n => omega", "by cases x <;> simp_all"),
    (dropping.drop_runs, " by\n  skip\n  skip\n  rfl", "by rfl"),
    (dropping.drop_runs, " by skip; rfl", "by rfl"),
    (dropping.drop_locals, " by\n  have x := 1\n  have y := 2\n  rfl", "by rfl"),
    (dropping.drop_arguments, " by simp [a, b, c]", "by simp"),
    (dropping.drop_arguments, " by simp [a, b, c]", "by simp [ b, c]"),
    (dropping.drop_arguments, " by simp [a, b, c]", "by simp [a, c]"),
    (dropping.drop_arguments, " by simp [a, b, c]", "by simp [a, b]"),
    (dropping.drop_clauses, " by simp only [a] at h", "by simp [a] at h"),
    (dropping.drop_clauses, " by simp only [a] at h", "by simp only [a]"),
    (dropping.drop_clauses, " by\n  have x : P := h\n  exact x", "by have x := h exact x"),
    (lifting.hoist_blocks, " by\n  by_cases c : q\n  · simp\n    rfl\n  · omega", "by simp rfl"),
    (lifting.hoist_blocks, " by\n  have x : P := by\n    omega\n  exact x", "by omega"),
    (lifting.inline_haves, " by\n  have x : P := f h\n  exact g x", "by exact g (f h)"),
    (lifting.terms, " by exact f x", "f x"),
    (lifting.terms, " by\n  intro x y\n  exact f x", "fun x y => f x"),
    (lifting.unbracket, " by (omega)", "by omega"),
    (lifting.unbracket, " by exact (x : T)", "by exact x"),
    (joining.merge_intros, " by\n  intro a\n  intro b\n  rfl", "by intro a b rfl"),
    (joining.merge_intros, " by\n  intro h\n  rcases h with ⟨a, b⟩\n  rfl", "by rintro ⟨a, b⟩ rfl"),
    (joining.merge_intros, " by\n  intro h\n  obtain ⟨a, b⟩ := h\n  rfl", "by intro ⟨a, b⟩ rfl"),
    (joining.merge_rewrites, " by\n  rw [a]\n  rw [b]", "by rw [a, b]"),
    (joining.merge_rewrites, " by\n  rw [a] at h\n  rw [b] at h", "by rw [a, b] at h"),
    (joining.share_branches, " by\n  constructor\n  · simp\n  · simp", "by constructor <;> simp"),
    (joining.anonymous_constructors, " by\n  constructor\n  · exact a\n  · omega", "by exact ⟨a, by omega⟩"),
    (joining.apply_exact, " by\n  apply f\n  exact h", "by exact f h"),
]


@pytest.mark.parametrize(("each", "proof", "wanted"), CASES)
def test_a_pass_proposes(each, proof, wanted):
    assert wanted in proposed(proof, each)


def test_nothing_is_merged_at_different_places():
    assert proposed(" by\n  rw [a] at h\n  rw [b]", joining.merge_rewrites) == []


def test_a_used_have_is_not_unused():
    assert proposed(" by\n  have x := 1\n  have y := x\n  exact y", dropping.drop_locals) == []


def test_a_comment_stays_with_the_tactic_below_it():
    text = HEAD + " by\n  skip\n  -- why\n  rfl"
    script = script_of(text, len(HEAD), len(text), 0)
    first = next(dropping.drop_runs(script))
    assert apply(text, first).endswith(" by\n  -- why\n  rfl")


LINES = st.sampled_from(
    [
        "skip", "rfl", "· simp [a, b]", "have x : P := by omega", "exact (f x)", "constructor", "cases x with",
        "| zero => simp", "intro h", "rcases h with ⟨a, b⟩", "rw [a] at h", "by_cases c : q", "simp only [a] at *",
        "(", ")", "first | a | b", "all_goals simp", "apply f <;> omega", "-- comment", "⟨", "⟩", "by", "fun x => by",
        "exact ⟨a, by simp⟩", "refine ⟨?_, ?_⟩", "obtain ⟨a, b⟩ := h", "have", "simp [", "]", "induction n with", ":=",
    ]
)  # fmt: skip
PROOFS = st.lists(st.tuples(st.integers(0, 3), LINES), min_size=1, max_size=12)


@settings(max_examples=150)
@given(PROOFS)
def test_no_edit_leaves_the_proof(lines):
    proof = " by" + "".join(f"\n{'  ' * (depth + 1)}{line}" for depth, line in lines)
    before, behind = "/-- doc -/\n" + HEAD, "\n\ndef last := 1\n"
    text = before + proof + behind
    script = script_of(text, len(before), len(before) + len(proof), 0)
    for edits in proposals(script):
        try:
            new = apply(text, edits, start=script.start, end=script.end)
        except ValueError:
            # Some passes pair edits that may overlap; the driver leaves these out. None may leave the proof.
            assert all(script.start <= edit.start <= edit.end <= script.end for edit in edits)
            continue
        assert new.startswith(before)
        assert new.endswith(behind)


def test_every_pass_is_fit_for_a_huge_proof():
    text = HEAD + " by" + "\n  have x : a = a := by simp [a, b]" * 1500 + "\n  rfl"
    script = script_of(text, len(HEAD), len(text), 0)
    assert sum(1 for each in PASSES for _ in each(script)) > 1500
    place = places(text)[0]
    assert (place.proof, place.end) == (script.start, script.end)
