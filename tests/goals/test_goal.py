"""The value that says what is to be proved."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal, HolePosition

GOALS = st.builds(
    Goal,
    name=st.text(max_size=3),
    statement=st.text(max_size=3),
    imports=st.lists(st.text(max_size=2), max_size=2).map(tuple),
    preamble=st.text(max_size=3),
    lead=st.text(max_size=3),
    tail=st.text(max_size=3),
)


def decisive(goal):
    return goal.statement, goal.imports, goal.preamble, goal.lead, goal.tail


@given(GOALS, GOALS)
def test_digests_are_equal_exactly_if_the_texts_are(one, other):
    """No two goals that differ in what decides a proof share a digest."""
    assert (one.digest == other.digest) == (decisive(one) == decisive(other))


@given(GOALS)
def test_name_position_and_origin_do_not_decide(goal):
    """Where a goal is from, and its name, change no proof."""
    moved = replace(goal, name="other", position=HolePosition("f", 0, 5, 1, 0), origin="elsewhere")
    assert moved.digest == goal.digest


@pytest.mark.parametrize("field", ["statement", "preamble", "lead", "tail"])
def test_text_that_moves_between_fields_changes_the_digest(field):
    """The digest is of the fields, not of their concatenation."""
    goal = Goal("t", "", (), "", "", "")
    digests = {replace(goal, **{name: "x"}).digest for name in ("statement", "preamble", "lead", "tail")}
    assert len(digests) == 4
    assert replace(goal, **{field: "x"}).digest in digests


def test_column():
    """The column is that of the hole, in code points."""
    assert Goal("t", "theorem t : p").column == 2
    assert Goal("t", "example : 😀", lead=" := ").column == 15
    assert Goal("t", "a\r\n b", lead=" ").column == 3


def test_a_goal_never_changes():
    """A goal can be shared and be a key."""
    goal = Goal("t", "theorem t : p")
    with pytest.raises(FrozenInstanceError):
        goal.name = "u"
    assert {goal: 1}[Goal("t", "theorem t : p")] == 1
