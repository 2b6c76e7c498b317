"""Proof states: reading what Lean prints."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.proof.state import Hypothesis, OpenGoal, ProofState, parse_goals

# A busy machine is no failure.
patient = settings(deadline=None)

TWO_CASES = """case zero
m : Nat
⊢ 0 + m = m + 0

case succ
m n : Nat
ih : n + m = m + n
⊢ n + 1 + m = m + (n + 1)"""


def one(text: str) -> OpenGoal:
    (goal,) = parse_goals(text)
    return goal


def test_several_goals_with_cases() -> None:
    """Blocks are goals; a tag is kept for people; names that share a type are hypotheses of their own."""
    zero, succ = parse_goals(TWO_CASES)
    assert (zero.case, zero.hypotheses, zero.target) == ("zero", (Hypothesis("m", "Nat"),), "0 + m = m + 0")
    assert succ.hypotheses == (
        Hypothesis("m", "Nat"),
        Hypothesis("n", "Nat"),
        Hypothesis("ih", "n + m = m + n"),
    )
    assert succ.case == "succ"


def test_no_goals() -> None:
    """What Lean says when nothing is left is the empty tuple."""
    assert parse_goals("no goals") == ()
    assert parse_goals("") == ()
    assert ProofState(()).split() == ()


def test_wrapped_entries_are_one() -> None:
    """Lean breaks long types and targets over indented lines; they read as one line."""
    goal = one("f : Nat → Nat\nh :\n  ∀ (x y : Nat),\n    f x = f y →\n      x = y\n⊢ f 1 =\n    f 2")
    assert goal.hypotheses[1] == Hypothesis("h", "∀ (x y : Nat), f x = f y → x = y")
    assert goal.target == "f 1 = f 2"
    assert one("⊢\n  a = b").target == "a = b"


def test_let_values() -> None:
    """A `let` variable has its value apart from its type."""
    assert one("x : Nat := 5\n⊢ x = 5").hypotheses == (Hypothesis("x", "Nat", "5"),)
    assert one("s : { n // n > 0 } := ⟨1, p⟩\n⊢ P").hypotheses == (Hypothesis("s", "{ n // n > 0 }", "⟨1, p⟩"),)
    assert one("g : Nat := f (x := 3)\n⊢ P").hypotheses == (Hypothesis("g", "Nat", "f (x := 3)"),)
    assert one("v : F (x := 3) := 4\n⊢ P").hypotheses == (Hypothesis("v", "F (x := 3)", "4"),)


@pytest.mark.parametrize(
    "type_",
    [
        "let y := 3; y = 3",
        "have y := 3; y = 3",
        "f (x := 3) = 4",
        "{ fst := 1, snd := 2 } = p",
        "∀ (x : Nat), x = x",
        "P ⊢ₑ Q",
        "(fun x => let y := x; y) = id",
        's = "a : b"',
    ],
)
def test_signs_of_the_syntax_inside_a_type(type_: str) -> None:
    """`:`, `:=` and `⊢` inside a type belong to the type."""
    assert one(f"h : {type_}\n⊢ False").hypotheses == (Hypothesis("h", type_),)


def test_names_that_no_tactic_can_write() -> None:
    """Inaccessible names keep their dagger; quoted ones may hold spaces and colons."""
    goal = one("α : Type u_1\ninst✝ : Inhabited α\nn✝ m✝¹ x : Nat\n«a b» «c : d» y : Nat\n⊢ x = y")
    assert [h.name for h in goal.hypotheses] == ["α", "inst✝", "n✝", "m✝¹", "x", "«a b»", "«c : d»", "y"]
    assert [h.accessible for h in goal.hypotheses] == [True, False, False, False, True, True, True, True]


@pytest.mark.parametrize(
    "target",
    [
        "l.head? = some a",
        "xs[i]? = none",
        "l.find? p = none",
        "xs[i]?.getD 0 = 1",
        "h?.isSome",
        "(f x)? = y",
        "a?b = c",
    ],
)
def test_question_marks_of_names_are_no_metavariables(target: str) -> None:
    """`head?` and `xs[i]?` end in a question mark of their own."""
    assert not one(f"⊢ {target}").has_metavariable


@pytest.mark.parametrize(
    "target", ["?m.12 = 3", "x < ?w", "P ?refine_1", "f ⟨?w, h⟩", "(?a)", "xs[?i]? = none", "l.head? = ?x", "?_ = 1"]
)
def test_metavariables_are_seen(target: str) -> None:
    """What Lean prints for a term that is still unknown couples the goals that it is in."""
    assert one(f"⊢ {target}").has_metavariable
    state = ProofState((one(f"⊢ {target}"), one("⊢ True")))
    assert state.coupled
    assert state.split() == (state,)
    assert one(f"h : {target}\n⊢ True").has_metavariable


def test_independent_goals_are_split() -> None:
    """Without a metavariable each goal is worked on alone; tags do not tell equal goals apart."""
    parts = ProofState(parse_goals(TWO_CASES)).split()
    assert [part.main.case for part in parts] == ["zero", "succ"]
    assert not any(part.coupled for part in parts)
    renamed = parse_goals(TWO_CASES.replace("case zero", "case other"))
    assert ProofState(renamed).key == ProofState(parse_goals(TWO_CASES)).key


def test_keys_tell_states_apart() -> None:
    """Names and order of hypotheses count, and so does the target."""
    texts = [
        "a b : Nat\n⊢ a = b",
        "b a : Nat\n⊢ a = b",
        "a c : Nat\n⊢ a = c",
        "a b : Nat\n⊢ b = a",
        "⊢ a\n\n⊢ b",
        "⊢ a",
    ]
    assert len({ProofState(parse_goals(text)).key for text in texts}) == len(texts)


def test_lines_that_are_no_goal_are_left_out() -> None:
    """A block without a target is no goal."""
    assert [goal.target for goal in parse_goals("some words\n\nx : Nat\n\n⊢ a\n\n  indented")] == ["a"]


@pytest.mark.parametrize(
    ("after", "repeated"),
    [
        ("n : Nat\nh✝ : 0 < n\nh : 0 < n\n⊢ 1 ≤ n", True),
        ("n : Nat\nh✝¹ h✝ h : 0 < n\n⊢ 1 ≤ n", True),
        ("n : Nat\nh : 0 < n\n⊢ 1 ≤ n", False),
        ("n : Nat\nh : 0 < n\nh' : 0 < n\n⊢ 1 ≤ n", False),
        ("n : Nat\nh✝ : 0 < n\nh : n ≠ 0\n⊢ 1 ≤ n", False),
        ("n : Nat\nh✝ : 0 < n\nh : 0 < n\n⊢ 0 < n", False),
        ("n✝ : Nat\nh : 0 < n✝\nn : Nat\n⊢ 1 ≤ n", False),
        ("n✝ n : Nat\nh : 0 < n\n⊢ 1 ≤ n", True),
        ("n : Nat\nh✝ : 0 < n\nh : 0 < n\n⊢ 1 ≤ n\n\n⊢ ?a", False),
    ],
    ids=range(9),
)
def test_a_goal_is_repeated_where_all_that_is_new_was_there_under_its_name(after: str, repeated: bool) -> None:
    """A copy under another name is something new: it can be rewritten."""
    before = ProofState(parse_goals("n : Nat\nh : 0 < n\n⊢ 1 ≤ n"))
    assert ProofState(parse_goals(after)).repeats(before) == repeated


IDENTIFIERS = st.sampled_from(["a", "x✝", "h₁", "inst✝¹", "«x y»", "α"])
TYPES = st.sampled_from(["Nat", "a = b", "∀ x, p x", "{ x // p x }", "let y := 1; y = y", "xs[0]? = ?m.1"])
GOALS = st.builds(
    OpenGoal,
    st.lists(
        st.builds(Hypothesis, IDENTIFIERS, TYPES, st.none() | st.sampled_from(["5", "f (x := 3)"])), max_size=5
    ).map(lambda hs: tuple(h for h in hs if h.value is None or "let" not in h.type)),
    TYPES,
)


@patient
@given(st.lists(GOALS, max_size=4))
def test_printed_goals_are_read_back(goals: list[OpenGoal]) -> None:
    """The text of goals parses to the same goals."""
    assert parse_goals("\n\n".join(goal.text for goal in goals)) == tuple(goals)


PIECES = st.sampled_from(
    ["⊢", "⊢ a", "|-", "case", "case x", " : ", ":=", "a : b", "\n", "\n\n", " ", "«", "»", "?m", "("]
)


@patient
@given(st.text() | st.lists(PIECES, max_size=20).map("".join))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Nothing that an engine prints makes the reader fail, and what it reads has all its properties."""
    goals = parse_goals(text)
    state = ProofState(goals)
    assert all(goal.text for goal in goals)
    assert sum(len(part.goals) for part in state.split()) == len(goals)
    assert isinstance(state.key, str)
