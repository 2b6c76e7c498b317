"""Passes that join tactics as reviewers do, and that spell terms shorter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.minimize.edits import apply
from proofagent.minimize.passes import golf, proposals, spelling
from proofagent.minimize.passes.base import script_of

HEAD = "theorem t (a b : Nat) (h : a < b) : P :="


def proposed(proof, each):
    """The proofs that a pass proposes for a proof, blanks joined."""
    text = f"{HEAD} by\n{proof}"
    script = script_of(text, len(HEAD), len(text), 0)
    found = [apply(text, edits, start=len(HEAD))[len(HEAD) + len(" by\n") :] for edits in each(script)]
    return [" ".join(new.split()) for new in found]


@pytest.mark.parametrize(
    ("each", "proof", "wanted"),
    [
        (golf.closed_by_rewriting, "  rw [p]\n  exact h", "rwa [p]"),
        (golf.closed_by_rewriting, "  rw [p] at h\n  assumption", "rwa [p] at h"),
        (golf.closed_by_rewriting, "  simp [p]\n  exact h", "simpa [p]"),
        (golf.closed_by_rewriting, "  simp [p] at h\n  exact h", "simpa [p] using h"),
        (golf.simpa_of_haves, "  have q : P := f a\n  simp [p] at q\n  exact q", "simpa [p] using f a"),
        (golf.simpa_of_haves, "  have := f a\n  simp at this\n  assumption", "simpa using f a"),
        (golf.absorbed_by_simp, "  unfold f g at h\n  simp [p] at h", "simp [f, g, p] at h"),
        (golf.absorbed_by_simp, "  rw [p, ← q]\n  simp", "simp [p, ← q]"),
        (golf.absorbed_by_simp, "  simp only [p]\n  simp only [q]", "simp only [p, q]"),
        (golf.haves_as_rules, "  have p := f a\n  have q : Q := g\n  grind", "grind [f a, g]"),
        (golf.eta, "  intro x y\n  exact f x y", "intro x exact f x"),
        (golf.eta, "  intro x\n  exact f a x", "exact f a"),
        (golf.eta, "  exact g (fun x => f a x) h", "exact g (f a) h"),
        (golf.tactics_for_terms, "  exact fun x y => by\n    simp\n    omega", "intro x y simp omega"),
        (golf.tactics_for_terms, "  exact ⟨3, by omega⟩", "exists 3 omega"),
        (golf.tactics_for_terms, "  exact ⟨a, b, rfl⟩", "exists a, b"),
        (golf.tactics_for_terms, "  refine ⟨a, ?_⟩\n  omega", "exists a omega"),
        (golf.tactics_for_terms, "  refine ⟨?_, ?_⟩ <;> omega", "constructor <;> omega"),
        (golf.tactics_for_terms, "  exact ⟨by simp, g h⟩", "constructor simp exact g h"),
        (golf.tactics_for_terms, "  exact ⟨by simp, h, by omega⟩", "and_intros simp exact h omega"),
        (golf.tactics_for_terms, "  exact f a (by simp) (by omega)", "apply f a simp omega"),
        (golf.tactics_for_terms, "  exact Or.inl (by simp)", "left simp"),
        (golf.tactics_for_terms, "  exact f p q r", "apply f <;> assumption"),
        (golf.shorter_tactics, "  apply Or.inr\n  simp", "right simp"),
        (golf.shorter_tactics, "  intro q\n  cases q", "rintro ⟨⟩"),
        (golf.shorter_tactics, "  intro q\n  exact absurd q p", "nofun"),
        (spelling.pipes, "  exact f (g x)", "exact f <| g x"),
        (spelling.pipes, "  exact ⟨f (by simp), h⟩", "exact ⟨f <| by simp, h⟩"),
        (spelling.dots, "  exact Eq.symm h", "exact h.symm"),
        (spelling.dots, "  exact f (Iff.mp h x)", "exact f (h.mp x)"),
        (spelling.plain_shows, "  exact show P from f h", "exact f h"),
        (spelling.plain_shows, "  exact f (show P by simp)", "exact f (by simp)"),
        (spelling.brackets_for_intro, "  exact Iff.intro (fun x => f x) (g h)", "exact ⟨fun x => f x, g h⟩"),
        (spelling.calc_steps, "  calc a = b := by rw [p]\n    _ = c := by rw [q, r]", "rw [p, q, r]"),
        (spelling.calc_steps, "  calc a = b := by simp [p]\n    _ = c := q", "simp [p, q]"),
        (spelling.calc_steps, "  calc a ≤ b := f a\n    _ ≤ c := q", "exact (f a).trans q"),
    ],
)
def test_a_shorter_text_is_proposed(each, proof, wanted):
    """A pass proposes, among others, this text for this proof."""
    assert wanted in proposed(proof, each)


@pytest.mark.parametrize(
    ("each", "proof"),
    [
        (golf.closed_by_rewriting, "  rw [p]\n  simp"),
        (golf.simpa_of_haves, "  have q := f a\n  simp at q\n  exact p"),
        (golf.absorbed_by_simp, "  rw [p]\n  omega"),
        (golf.haves_as_rules, "  skip\n  simp"),
        (golf.eta, "  intro x\n  exact f x x"),
        (golf.tactics_for_terms, "  exact f h"),
        (golf.shorter_tactics, "  intro q\n  exact f q"),
        (spelling.pipes, "  exact f (g x) y"),
        (spelling.dots, "  exact Or.inl h"),
        (spelling.plain_shows, "  show P\n  simp"),
        (spelling.brackets_for_intro, "  exact And.intro p q"),
    ],
)
def test_nothing_is_proposed_for_other_text(each, proof):
    """A pass leaves alone what only looks like its own case."""
    assert proposed(proof, each) == []


def test_a_calc_that_cannot_be_cut_is_left_alone():
    """A step without a proof makes no proposal, and no error."""
    assert proposed("  calc a = b := \n    _ = c := by", spelling.calc_steps) in ([], ["exact _ = c := by"])


LINES = st.sampled_from(
    [
        "calc a = b := by rw [h]", "_ = c := q", "_ =", ":=", "have x : P := f a", "have y : P := f a", "have : Q :=",
        "have ⟨x, y⟩ := h", "obtain x", "rcases h with", "rcases h with ⟨a, | ⟩ | b", "match h with", "| .inl x => x",
        "| @foo x", "exact ⟨by simp, ?_⟩", "exact ⟨⟩", "exact fun", "exact fun x => f x", "intro", "intro x", "exact x",
        "rw [a, a]", "rw [", "rw []", "simp at", "simp at h", "unfold f at", "exact f (by simp) (by", "show P from",
        "Iff.intro (a) (b", "Eq.symm h", "induction n generalizing with", "case inl h => simp", "next h =>", "·",
        "constructor <;>", "simp <;> (", "( f x )", "(:", "exact (a b : T) (a b : T)", "rintro ⟨x, ⟨y, _⟩⟩ z", "rintro",
        "refine ⟨?_, ?_⟩ <;> simp", "have u : f 1 = 1 := by simp", "have v : f 2 = 1 := by simp; exact", "by_cases :",
    ]
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 2), LINES), min_size=1, max_size=10))
def test_text_that_is_cut_short_is_no_error(lines):
    """Half-written tactics are read by every pass, and no edit leaves the proof."""
    proof = " by" + "".join(f"\n{'  ' * (depth + 1)}{line}" for depth, line in lines)
    text = HEAD + proof + "\n\ndef last := 1\n"
    script = script_of(text, len(HEAD), len(HEAD) + len(proof), 0)
    for edits in proposals(script):
        assert all(script.start <= edit.start <= edit.end <= script.end for edit in edits)
