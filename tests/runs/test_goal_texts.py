import pytest

from proofagent.goals.files import from_file, place
from proofagent.goals.goal import Goal
from proofagent.proof.script import Hole, Step
from proofagent.runs.text import CHECKED_NAME, checked_name, filled, last_hole, opened, openings, proof_text, text_with


@pytest.fixture
def holes(tmp_path):
    """The goals of a file with the given text."""

    def read(text):
        path = tmp_path / "A.lean"
        path.write_text(text, encoding="utf-8")
        return from_file(path)

    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theorem t : 1 = 1 := by\n  sorry\n", ("",)),
        ("theorem t : 1 = 1 := by sorry\n", ("",)),
        ("theorem t : 1 = 1 := sorry\n", ("by\n  ",)),
        ("theorem t : 1 = 1 :=\n  sorry\n", ("by\n    ",)),
        ("theorem t : 1 = 1 := by\n  exact sorry\n", ("by\n    ",)),
        ("theorem t : 1 = 1 ∧ 2 = 2 := ⟨rfl, sorry⟩\n", ("by\n  ",)),
        ("theorem t : 1 = 1 := by\n  · sorry\n", ("",)),
        ("theorem t (n : Nat) : n = n := match n with\n  | _ => sorry\n", ("", "by\n    ")),
        ("theorem t : 1 = 1 := by\n  have h : 1 = 1 := by\n    sorry\n  exact h\n", ("",)),
    ],
)
def test_openings(holes, text, expected):
    """A hole where a term stands is opened by `by`; where either may stand, both are to be tried."""
    _, (goal,) = holes(text)
    assert openings(goal) == expected


def test_an_opened_goal_has_its_proof_further_in(holes):
    """Further lines of a proof start in the column of the hole behind the opening."""
    _, (goal,) = holes("theorem t : 1 = 1 :=\n  sorry\n")
    opening = openings(goal)[0]
    script = Step("skip", (Step("rfl"),))
    proof = opening + proof_text(opened(goal, opening), script)
    assert text_with(goal, proof) == "theorem t : 1 = 1 :=\n  by\n    skip\n    rfl"


def test_proofs_of_earlier_holes_are_filled_in(holes):
    """A goal stands behind the proofs of the earlier holes of its own declaration, and of no other."""
    text = "theorem u : 1 = 1 := by sorry\ntheorem t : 1 = 1 ∧ 2 = 2 := by\n  constructor\n  · sorry\n  · sorry\n"
    _, (other, first, second) = holes(text)
    assert [last_hole(goal) for goal in (other, first, second)] == [True, False, False]
    whole = filled(second, {other.position: "rfl", first.position: "decide", second.position: "x"})
    assert whole.lead == " := by\n  constructor\n  · decide\n  · "
    assert last_hole(whole)
    assert filled(first, {second.position: "x"}) == first


def test_proofs_before_the_declaration_are_filled_in_too(holes):
    """A lemma that was proved earlier in the file is proved in the text that is searched, and others are not."""
    _, (first, second, third) = holes(
        "theorem a : 1 = 1 := sorry\ntheorem b : 2 = 2 := sorry\ntheorem c : 3 = 3 := sorry\n"
    )
    whole = filled(third, {first.position: "by\n  rfl"})
    assert whole.preamble == "theorem a : 1 = 1 := by\n  rfl\ntheorem b : 2 = 2 := sorry\n"
    assert (whole.statement, whole.lead, whole.tail) == (third.statement, third.lead, third.tail)
    assert filled(second, {third.position: "x"}) == second


def test_a_goal_that_is_from_no_file_has_no_earlier_holes():
    """Without a position there is nothing to fill in."""
    goal = Goal("t", "theorem t : 1 = 1")
    assert filled(goal, {}) is goal


def test_an_example_is_checked_under_a_name(holes):
    """An `example` becomes a theorem of a name that can be looked up; all else stays."""
    _, (goal,) = holes("/-- An example. -/\nexample (n : Nat) : n = n := by\n  sorry\n")
    assert checked_name(goal) == CHECKED_NAME
    assert text_with(goal, "rfl") == f"/-- An example. -/\ntheorem _root_.{CHECKED_NAME} (n : Nat) : n = n := by\n  rfl"


def test_a_file_checked_is_the_file_written(holes):
    """The text that the gate sees for a goal is the beginning of the file that is written."""
    text = "open Nat\nnamespace N\n\ntheorem t (a : Nat) : a = a := by\n  sorry\n\nend N\n"
    file, (goal,) = holes(text)
    proof = proof_text(goal, Step("skip", (Step("rfl"),)))
    assert place(file, {goal.position: proof}).startswith(text_with(goal, proof))


def test_a_hole_left_is_a_sorry():
    """A script that is not whole renders to what Lean takes for a hole."""
    goal = Goal("t", "theorem t : 1 = 1")
    assert text_with(goal, proof_text(goal, Hole())) == "theorem t : 1 = 1 := by\n  sorry"
