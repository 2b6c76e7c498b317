"""Passes that spare names and words around branches."""

import pytest

from proofagent.minimize.edits import apply
from proofagent.minimize.passes import branches, hypotheses
from proofagent.minimize.passes.base import script_of

HEAD = "theorem t (a b : Nat) (h : a < b) : P :="


def proposed(proof, each):
    """The proofs that a pass proposes for a proof, as they stand; edits that overlap are no proposal."""
    text = f"{HEAD} by\n{proof}"
    script = script_of(text, len(HEAD), len(text), 0)
    found = []
    for edits in each(script):
        try:
            found.append(apply(text, edits, start=len(HEAD))[len(HEAD) + len(" by\n") :])
        except ValueError:
            continue
    return found


CASES = "  cases h with\n  | inl p => exact f p\n  | inr q => exact g q"
INDUCTION = "  induction n generalizing m k with\n  | zero => simp\n  | succ n ih => rw [ih]; simp"


@pytest.mark.parametrize(
    ("each", "proof", "wanted"),
    [
        (hypotheses.unnamed_ends, "  obtain ⟨x, y, z⟩ := h\n  exact f x", "  obtain ⟨x, _⟩ := h\n  exact f x"),
        (hypotheses.unnamed_ends, "  rcases h with ⟨x, y, z⟩\n  exact f x", "  rcases h with ⟨x, _⟩\n  exact f x"),
        (hypotheses.unnamed_ends, "  rintro ⟨x, ⟨y, z⟩⟩\n  exact f x", "  rintro ⟨x, _⟩\n  exact f x"),
        (hypotheses.unnamed_ends, "  intro x y\n  omega", "  intros\n  omega"),
        (hypotheses.unnamed_splits, "  rcases h with x | y\n  · omega", "  cases h\n  · omega"),
        (hypotheses.unnamed_splits, "  obtain x | y := f a\n  · omega", "  cases f a\n  · omega"),
        (hypotheses.projections, "  obtain ⟨x, y⟩ := h\n  exact f x y", "  exact f h.left h.right"),
        (hypotheses.projections, "  rcases h with ⟨x, y⟩\n  exact f x y", "  exact f h.left h.right"),
        (hypotheses.projections, "  obtain ⟨x, ⟨y, z⟩⟩ := h\n  exact f y.le", "  exact f h.right.left.le"),
        (hypotheses.projections, "  have ⟨x, y⟩ := g a\n  exact f y", "  have := g a\n  exact f this.right"),
        (hypotheses.projections, "  rintro p ⟨x, y⟩\n  exact f y", "  rintro p key\n  exact f key.right"),
        (hypotheses.anonymous, "  have x : P := p\n  exact f x x.le", "  have : P := p\n  exact f this this.le"),
        (hypotheses.anonymous, "  by_cases c : P\n  · omega", "  by_cases P\n  · omega"),
        (
            hypotheses.alternatives,
            "  induction n with\n  | zero => rfl\n  | succ n ih => simp",
            "  induction n with\n  | zero => rfl\n  | succ => simp",
        ),
        (
            hypotheses.alternatives,
            "  induction n with\n  | zero => rfl\n  | succ n ih => simp [n]",
            "  cases n with\n  | zero => rfl\n  | succ n => simp [n]",
        ),
        (hypotheses.generalizing, INDUCTION, INDUCTION.replace(" generalizing m k", "")),
        (hypotheses.generalizing, INDUCTION, INDUCTION.replace(" m k", " k")),
        (branches.bullets_for_cases, CASES, "  rcases h with p | q\n  · exact f p\n  · exact g q"),
        (branches.bullets_for_cases, CASES, "  cases h\n  next p =>\n    exact f p\n  next q =>\n    exact g q"),
        (
            branches.bullets_for_cases,
            "  match f a with\n  | .inl p => exact g p\n  | .inr p => exact g p",
            "  obtain p | p := f a <;> exact g p",
        ),
        (
            branches.bullets_for_cases,
            INDUCTION,
            "  induction n generalizing m k\n  · simp\n  next n ih =>\n    rw [ih]\n    simp",
        ),
        (branches.bullets_for_cases, "  cases h with\n  | intro p q => omega", "  cases h\n  omega"),
        (branches.bullets_for_names, "  case inl h =>\n    simp\n    omega", "  · simp\n    omega"),
        (branches.unbullet, "  constructor\n  · simp\n    rfl\n  · omega", "  constructor\n  simp\n  rfl\n  omega"),
        (branches.unbullet, "  constructor\n  · simp\n  · omega", "  constructor\n  · simp\n  omega"),
        (branches.one_after_the_other, "  simp <;> omega", "  simp\n  omega"),
    ],
)
def test_a_shorter_text_is_proposed(each, proof, wanted):
    """A pass proposes, among others, this text for this proof."""
    assert wanted in proposed(proof, each)


@pytest.mark.parametrize(
    ("each", "proof"),
    [
        (hypotheses.unnamed_ends, "  obtain ⟨x, y, z⟩ := h\n  exact f x z"),
        (hypotheses.unnamed_ends, "  intro x\n  exact f x"),
        (hypotheses.unnamed_splits, "  rcases h with x | y\n  · exact x\n  · omega"),
        (hypotheses.projections, "  obtain ⟨x, rfl⟩ := h\n  exact f x"),
        (hypotheses.projections, "  obtain ⟨x | y, z⟩ := h\n  exact f z"),
        (hypotheses.anonymous, "  have x : P := p\n  exact f x this"),
        (hypotheses.anonymous, "  by_cases c : P\n  · exact c"),
        (hypotheses.alternatives, "  cases n with\n  | zero => rfl\n  | succ n => exact f n"),
        (hypotheses.generalizing, "  induction n with\n  | zero => rfl"),
        (branches.bullets_for_cases, "  match h with\n  | ⟨x, y⟩ => exact x"),
        (branches.bullets_for_names, "  · simp"),
        (branches.unbullet, "  constructor\n  simp"),
    ],
)
def test_a_name_that_is_needed_stays(each, proof):
    """Nothing is proposed where names are used, or where the text is none that a pass knows."""
    assert proposed(proof, each) == []
