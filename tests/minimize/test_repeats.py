"""Passes that write once what a proof says several times."""

import pytest

from proofagent.minimize.edits import apply
from proofagent.minimize.passes import lemmas, repeats
from proofagent.minimize.passes.base import script_of

HEAD = "theorem t (a b : Nat) (h : a < b) : P :="


def proposed(proof, *passes):
    """The proofs that passes propose for a proof, as they stand; edits that overlap are no proposal."""
    text = f"{HEAD} by\n{proof}"
    script = script_of(text, len(HEAD), len(text), 0)
    found = []
    for edits in [edits for each in passes for edits in each(script)]:
        try:
            found.append(apply(text, edits, start=len(HEAD))[len(HEAD) + len(" by\n") :])
        except ValueError:
            continue
    return found


TAILS = """\
  constructor
  · rw [foo]
    simp at h
    omega
  · rw [bar]
    simp at h
    omega"""

SAME_FACT = """\
  rcases h with a | b
  · have x : P := by
      simp
      omega
    exact f x
  · have y : P := by
      simp
      omega
    exact g y"""

ALIKE = """\
  have u : f 1 = 2 := by
    simp [f]
    omega
  have v : f 3 = 2 := by
    simp [f]
    omega
  exact g u v"""


def test_equal_ends_of_branches_are_run_for_all_goals():
    """What all bullets end with stands once behind them, with the goals in any order."""
    found = proposed(TAILS, repeats.lift_tails)
    assert "  constructor\n  rw [foo]\n  rotate_left\n  rw [bar]\n  all_goals simp at h\n            omega" in found
    assert "  constructor <;> first | rw [foo] | rw [bar]\n  all_goals simp at h\n            omega" in found


def test_a_branch_that_is_nothing_but_the_common_end_is_left_to_try():
    """Where only some branches have a head, it is tried in all of them."""
    found = proposed("  constructor\n  · simp [b]\n  · rw [a]\n    simp [b]", repeats.lift_tails)
    assert "  constructor\n  rotate_left\n  rw [a]\n  all_goals simp [b]" in found
    assert "  constructor <;> try rw [a]\n  all_goals simp [b]" in found


def test_branches_with_nothing_in_common_stay():
    """Neither beginnings nor ends are lifted where they differ, or where the branches are equal as a whole."""
    both = repeats.lift_tails, repeats.lift_heads
    assert proposed("  constructor\n  · simp\n  · omega", *both) == []
    assert proposed("  constructor\n  · simp\n  · simp", *both) == []


def test_equal_beginnings_of_branches_stand_before_them():
    """What all bullets begin with is run for all goals; a bullet of which nothing is left goes."""
    found = proposed(
        "  constructor\n  · rw [a]\n    simp [x, y]\n    omega\n  · rw [a]\n    simp [x, y]", repeats.lift_heads
    )
    assert found == ["  constructor <;>\n    (rw [a]\n     simp [x, y])\n  · omega"]


@pytest.mark.parametrize(
    ("proof", "wanted"),
    [
        ("  rw [a]\n  rw [a]\n  rw [a]\n  rfl", "  repeat rw [a]\n  rfl"),
        ("  rw [a]\n  rw [a]\n  rw [a]\n  rfl", "  iterate 3 rw [a]\n  rfl"),
        ("  rw [a]\n  simp\n  rw [a]\n  simp", "  repeat rw [a]\n         simp"),
        ("  rw [a, a, a] at h", "  repeat rw [a] at h"),
        ("  skip; rw [a]; rw [a]", "  skip; repeat rw [a]"),
    ],
)
def test_what_is_done_again_is_repeated(proof, wanted):
    """Equal tactics in a row, and equal rules of a rewriting, become a loop."""
    assert wanted in proposed(proof, repeats.repeat_runs)


def test_what_differs_is_not_repeated():
    """Tactics that are not all equal, and bullets, which `<;>` joins, are no loop."""
    assert proposed("  rw [a]\n  rw [b]\n  constructor\n  · rfl\n  · rfl", repeats.repeat_runs) == []


def test_a_split_within_its_own_branches_is_repeated():
    """Nested splits with equal leaves become a loop over both, or a split of all conjunctions."""
    found = proposed("  constructor\n  · simp\n  · constructor\n    · simp\n    · simp", repeats.nested_splits)
    assert found == [
        "  repeat' first | simp | constructor",
        "  repeat' constructor\n  all_goals simp",
        "  and_intros <;> simp",
    ]


def test_a_fact_of_two_branches_is_stated_before_them():
    """A `have` that stands in several branches goes before the split, under the name of the first."""
    (found,) = proposed(SAME_FACT, repeats.share_haves)
    fact = "  have x : P := by\n    simp\n    omega\n"
    assert found == f"{fact}  rcases h with a | b\n  · exact f x\n  · exact g x"


def test_a_fact_is_not_shown_twice():
    """Of two `have`s with one type the first stays, whatever proves the second, and its name is used for both."""
    proof = "  have x : P := by simp\n  rw [x]\n  have y : P := foo\n  exact g x y.le"
    assert proposed(proof, repeats.share_haves) == ["  have x : P := by simp\n  rw [x]\n  exact g x x.le"]


def test_facts_of_different_types_stay():
    """`have`s are the same only where their types are."""
    assert proposed("  have x : P := by simp\n  have y : Q := by simp\n  exact g x y", repeats.share_haves) == []


def test_a_term_that_has_a_name_is_called_by_it():
    """Where the term of a `have` stands again below, its name takes its place, brackets included."""
    found = proposed("  have x := f a b\n  exact g (f a b) (k (f a b))", repeats.reuse_haves)
    assert found[0] == "  have x := f a b\n  exact g x (k x)"


def test_a_term_that_is_repeated_gets_a_name():
    """A term in several places becomes a `have`; a type that is written with it is the type of that."""
    found = proposed("  exact g (f a b) (k (f a b))", lemmas.share_terms)
    assert "  have := f a b\n  exact g this (k this)" in found
    found = proposed("  exact ⟨f (by omega : a < b), g (by omega : a < b)⟩", lemmas.share_terms)
    assert "  have : a < b := by omega\n  exact ⟨f this, g this⟩" in found


def test_a_repeated_term_of_two_branches_is_named_before_the_split():
    """The name is known in all branches, and is a new one where `this` is taken."""
    proof = "  have : Q := q\n  by_cases c : P\n  · exact f (g a this)\n  · exact k (g a this)"
    wanted = "  have : Q := q\n  have key := g a this\n  by_cases c : P\n  · exact f key\n  · exact k key"
    assert wanted in proposed(proof, lemmas.share_terms)


def test_what_tactics_prove_is_not_named_without_its_type():
    """`by` blocks without a type, and holes, are no terms to be named."""
    assert proposed("  exact f (by omega) (by omega) (g ?_ ?_)", lemmas.share_terms) == []


def test_facts_that_differ_in_a_number_become_one_for_all():
    """One `have` with a parameter stands for those that are its instances, which may be put in at once."""
    found = proposed(ALIKE, lemmas.local_lemmas)
    stated = "  have key x : f x = 2 := by\n    simp [f]\n    omega\n"
    assert found == [
        f"{stated}  have u := key 1\n  have v := key 3\n  exact g u v",
        f"{stated}  exact g (key 1) (key 3)",
    ]


def test_facts_that_differ_in_more_stay():
    """Facts whose proofs differ in a symbol, or in more than two names, are not generalised."""
    for other in ("f 3 < 2 := by simp", "g 3 = k := by simp", "f 3 = 2 := by simp [f]"):
        proof = f"  have u : f 1 = 2 := by simp\n  have v : {other}\n  exact q u v"
        assert proposed(proof, lemmas.local_lemmas) == []


def test_a_short_term_is_put_wherever_its_name_stands():
    """A `have` of one token goes however often it is used, one of two or three where that is still shorter."""
    assert "  exact f g g" in proposed("  have x : P := g\n  exact f x x", lemmas.inline_short)
    assert "  exact f (g a) (g a)" in proposed("  have x : a < b ∧ Q := g a\n  exact f x x", lemmas.inline_short)
    assert proposed("  have x := g a b\n  exact f x x x x x", lemmas.inline_short) == []


def test_edits_of_a_long_proof_are_few():
    """What is repeated a thousand times is one proposal, not one for each pair."""
    proof = "\n".join(["  have x : a = a := by simp [a, b]"] * 1000 + ["  rfl"])
    script = script_of(f"{HEAD} by\n{proof}", len(HEAD), len(f"{HEAD} by\n{proof}"), 0)
    assert sum(1 for _ in repeats.share_haves(script)) == 1
    assert sum(1 for _ in repeats.repeat_runs(script)) == 2
