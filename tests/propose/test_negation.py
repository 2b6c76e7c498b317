"""Negated statements and small counterexamples, as text; what Lean says to them is tested with the refutation."""

import re

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.commands import split
from proofagent.goals.files import from_file
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import code
from proofagent.goals.loaders import from_statement
from proofagent.proof.script import normalized
from proofagent.proof.state import OpenGoal, ProofState
from proofagent.propose.base import Query
from proofagent.propose.content import refusal
from proofagent.propose.negation import CLOSED_NAME, NAME, Counterexamples, closing, negated
from proofagent.runs.text import named, text_with

STATEMENTS = [
    "theorem t : 1 = 2",
    "/-- Says `:= by sorry`. -/\n@[simp] theorem t (n : Nat) : n + 1 = n",
    "namespace A\nopen Nat\nsection B\nvariable {α : Type} [Inhabited α] (x : α)\ntheorem t : x = default",
    "namespace A\ntheorem _root_.t.{u} (α : Type u) (a b : α) :\n    a = b",
    "theorem «a t».x.«y z» : 1 = 2",
    "private theorem t : 1 = 2",
    "open Nat in\nset_option autoImplicit true in\ntheorem t : succ n = n",
    "example : 1 = 2",
    "∀ n : Nat, n = 2",
    "theorem t : 1 = 2 -- no\n",
]
GOALS = [named(from_statement(text)) for text in STATEMENTS]


def declared(text):
    """The commands of a text that declare something, by their first two words after modifiers."""
    found = [[token.text for token in code(text, command.at, command.end)] for command in split(text)]
    return [words[1] for words in found if words[0] in ("theorem", "example")]


def values(target):
    """The arguments that are tried for a target, each once, in their order."""
    state = ProofState((OpenGoal((), target),))
    found = anyio.run(Counterexamples().propose, Query(Goal("t", "theorem t"), state))
    return list(
        dict.fromkeys(re.fullmatch(r"exact fun h => absurd \(@h (.*)\) \(by \w+\)", c.tactic)[1] for c in found)
    )


# The negation


@pytest.mark.parametrize("goal", GOALS, ids=range(len(GOALS)))
def test_a_negation_stands_behind_the_admitted_goal(goal):
    """The text holds the goal, its negation and, once closed, a theorem more: three declarations whatever the goal."""
    against = negated(goal)
    text = text_with(against, "exact fun h => h") + closing(goal)
    assert against.preamble.startswith(goal.preamble + goal.statement)
    assert declared(text) == [declared(goal.statement)[0], f"_root_.{NAME}", f"_root_.{CLOSED_NAME}"]
    assert text.count("sorry") == goal.statement.count("sorry") + 1


@pytest.mark.parametrize("goal", GOALS, ids=range(len(GOALS)))
def test_what_is_negated_is_the_goal_by_its_full_name(goal):
    """Neither the namespace around it nor another theorem of the same short name is in the way."""
    against = negated(goal)
    assert against.name == NAME
    for text in (against.statement, closing(goal)):
        assert f"(type_of% @_root_.{goal.name})" in text
    assert (against.imports, against.origin) == (goal.imports, goal.origin)


def test_an_example_is_negated_under_a_name(tmp_path):
    """What has no name cannot be spoken of, so that it gets one; holes of its proof play no part."""
    path = tmp_path / "A.lean"
    path.write_text("import Std\nopen Nat\nexample (n : Nat) : n = 2 := by\n  cases n\n  · sorry\n  · sorry\n")
    _, (first, second) = from_file(path)
    against = negated(named(first))
    assert against.imports == first.imports
    assert declared(against.preamble) == ["_root_.proofagent_example"]
    assert "cases" not in against.preamble
    assert (against.preamble, against.statement) == (negated(named(second)).preamble, negated(named(second)).statement)
    assert against.lead == Goal("t", "theorem t").lead


def test_what_is_closed_takes_no_argument():
    """The last theorem is given the one before it as it is, so that what text around adds to it is seen."""
    (goal, *_) = GOALS
    statement, _, proof = closing(goal).partition(":=")
    assert statement.startswith(f"\n\ntheorem _root_.{CLOSED_NAME} : ")
    assert proof == f" @_root_.{NAME}\n"


# Counterexamples


def test_small_values_come_first():
    """Together they get larger; each is tried by computing and by simplifying, and the priors fall."""
    state = ProofState((OpenGoal((), "¬∀ (a b : Nat), a - b = b - a"),))
    found = anyio.run(Counterexamples().propose, Query(Goal("t", "theorem t"), state))
    assert [candidate.tactic for candidate in found[:4]] == [
        f"exact fun h => absurd (@h {pair}) (by {how})" for pair in ("0 0", "0 1") for how in ("decide", "simp")
    ]
    assert [c.log_prior for c in found] == sorted((c.log_prior for c in found), reverse=True)
    assert all(c.log_prior <= 0 for c in found)
    assert values("¬∀ (a b : Nat), a - b = b - a")[:6] == ["0 0", "0 1", "1 0", "1 1", "0 2", "2 0"]


@pytest.mark.parametrize(
    ("target", "first"),
    [
        ("¬∀ (n : Nat), n < 5", "0"),
        ("¬∀ {n : Nat} ⦃m : Nat⦄, n = m", "0 0"),
        ("¬∀ (p q : Prop), p ∨ q → p", "True True"),
        ("¬∀ (b : Bool) (x : Int) (l : List Nat), b = true", "true 0 []"),
        ("¬∀ (α : Type) (x y : α), x = y", "Bool true true"),
        ("¬∀ (f : Nat → Nat) (x y : Nat), f x = f y → x = y", "id 0 0"),
        ("¬(∀ (n : Nat), n = 0)", "0"),
    ],
)
def test_variables_get_values_of_their_types(target, first):
    """All binders at the beginning of the statement are given a value, implicit ones and types too."""
    assert values(target)[0] == first
    assert len(values(target)) > 1


@pytest.mark.parametrize(
    ("target", "first"),
    [
        ("¬∀ (n : Nat) (h : n > 3), n < 9", "0"),
        ("¬∀ (n : Nat) (x : Fin n), x = x", "0"),
        ("¬∀ (n : Nat) [inst : NeZero n], n = 1", "0"),
        ("¬∀ (a b c d e f g : Bool), a = b", "true true true true true true"),
    ],
)
def test_what_has_no_small_value_is_left_to_lean(target, first):
    """The statement is applied to the variables before it; what remains is computed or not."""
    assert values(target)[0] == first


@pytest.mark.parametrize(
    "target",
    [
        "¬1 = 2",
        "¬∃ n, n = 3",
        "∀ (n : Nat), n = 3",
        "n = 3",
        "¬∀ (x : Fin 3), x = x",
        "¬∀ x, x = 3",
        "¬∀ [Nonempty Nat], p",
        "",
    ],
)
def test_a_statement_without_variables_has_no_counterexample(target):
    """What is no `¬∀`, or begins with something of which no values are known, is for others."""
    assert values(target) == []


PIECES = st.sampled_from([*"¬∀ (){}⦃⦄[],→∃✝\n@", "n m", " : ", "Nat", "Type", "α", "List Nat"])
TARGETS = st.text() | st.tuples(st.sampled_from(["", "¬∀ (n : Nat) "]), st.lists(PIECES).map("".join)).map("".join)


@given(TARGETS)
def test_whatever_lean_prints_candidates_are_tactics(target):
    """Each is a single step that nobody has to refuse, each once, not too many, and the same ones again."""
    query = Query(Goal("t", "theorem t"), ProofState((OpenGoal((), target),)))
    found = anyio.run(Counterexamples().propose, query)
    assert found == anyio.run(Counterexamples().propose, query)
    assert len({candidate.tactic for candidate in found}) == len(found) <= 240
    assert all(normalized(c.tactic) == c.tactic and not refusal(c.tactic) and c.log_prior <= 0 for c in found)
