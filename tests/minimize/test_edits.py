"""Edits: applied where they belong, nowhere else; the theorems of a file; blocks that change their column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.minimize.edits import Edit, apply, challenge, disjoint, moved, places

FILE = """\
def two := 2

namespace A
/-- Doc. -/
theorem first (a : Nat) : a = a := by
  -- why
  rfl

theorem alternatives : Nat → True
  | _ => trivial

private theorem hidden : True := trivial

lemma second : True := trivial
end A
example : True := by trivial
"""


def test_apply_changes_what_is_named_only():
    assert apply("abcdef", [Edit(4, 5, "X"), Edit(1, 2)]) == "acdXf"


@pytest.mark.parametrize("edits", [[Edit(0, 1)], [Edit(5, 6)], [Edit(2, 4), Edit(3, 5)], [Edit(4, 2)]])
def test_an_edit_elsewhere_is_refused(edits):
    with pytest.raises(ValueError, match="outside"):
        apply("abcdef", edits, start=1, end=5)


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45), st.text(max_size=3))))
def test_the_rest_stays_byte_for_byte(text, raw):
    edits = [Edit(*each) for each in raw]
    start, end = len(text) // 4, len(text) - len(text) // 4
    try:
        new = apply(text, edits, start=start, end=end)
    except ValueError:
        return
    assert new.startswith(text[:start])
    assert new.endswith(text[end:])
    assert len(new) == len(text) + sum(len(edit.text) - (edit.end - edit.start) for edit in edits)


def test_edits_that_touch_are_not_disjoint():
    assert disjoint((Edit(0, 1),), [Edit(2, 3)])
    assert not disjoint((Edit(0, 2),), [Edit(2, 3)])


def test_moved_keeps_the_first_line_and_blank_lines():
    assert moved("a\n    b\n\n  c", -2) == "a\n  b\n\nc"
    assert moved("a\nb", 2) == "a\n  b"
    assert moved("a\n b", -5) == "a\nb"


def test_places_are_theorems_with_a_proof():
    found = places(FILE)
    assert [place.name for place in found] == ["A.first", "A.second"]
    assert [FILE[place.proof : place.end] for place in found] == [" by\n  -- why\n  rfl", " trivial"]


def test_challenge_keeps_all_but_the_proofs():
    stated = challenge(FILE, places(FILE)[:1])
    assert "theorem first (a : Nat) : a = a := by\n  sorry\n\n" in stated
    assert "private theorem hidden : True := trivial\n\nlemma second : True := trivial" in stated


@pytest.mark.parametrize("text", ["", "-- nothing", "theorem t : True", "theorem t : True :=", "#eval 1"])
def test_files_without_a_theorem(text):
    assert places(text) == ()


def test_a_comment_without_end():
    with pytest.raises(GoalError):
        places("theorem t : True := by /- trivial")
