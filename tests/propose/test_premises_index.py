"""Ranking theorems by what they have in common with a proof state."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.state import OpenGoal, ProofState, parse_goals
from proofagent.propose.premises.index import PremiseIndex
from proofagent.propose.premises.library import Statement
from proofagent.propose.premises.store import Table

HASH = "ab" * 32
LIBRARY = [
    Statement("Nat.add_comm", "Init.A", frozenset(["Nat", "Eq", "HAdd.hAdd"])),
    Statement("Nat.add_mul", "Init.A", frozenset(["Nat", "Eq", "HAdd.hAdd", "HMul.hMul"])),
    Statement("Nat.le_refl", "Init.A", frozenset(["Nat", "LE.le"])),
    Statement("absurd", "Init.A", frozenset()),
    Statement("List.length_append", "Init.B", frozenset(["List", "Nat", "Eq", "HAdd.hAdd", "List.length"])),
    Statement("Nat.add_assoc", "Init.B", frozenset(["Nat", "Eq", "HAdd.hAdd"])),
    Statement("Int.mul_comm", "Std.C", frozenset(["Int", "Eq", "HMul.hMul"])),
]
ALL = frozenset(statement.module for statement in LIBRARY)


def index(statements):
    return PremiseIndex(Table.of(statements, HASH))


def state(text):
    return ProofState(parse_goals(text))


def names(text, modules=ALL, most=10):
    return [premise.name for premise in index(LIBRARY).search(state(text), modules, most)]


def test_theorems_about_the_same_constants_come_first():
    """Full agreement beats partial agreement, and what has nothing in common is not an answer."""
    found = names("a b : Nat\n⊢ a + b = b + a")
    assert found[:2] == ["Nat.add_comm", "Nat.add_assoc"]
    assert "absurd" not in found
    assert names("a b : Int\n⊢ a * b = b * a")[0] == "Int.mul_comm"


def test_only_theorems_of_the_modules_are_answers():
    """What the goal's imports do not bring cannot be cited."""
    assert names("a b : Nat\n⊢ a + b = b + a", frozenset(["Init.B", "Not.There"])) == [
        "Nat.add_assoc",
        "List.length_append",
    ]
    assert names("a b : Nat\n⊢ a + b = b + a", frozenset()) == []


@pytest.mark.parametrize("most", range(4))
def test_most_is_an_upper_bound(most):
    """Fewer answers are the best of all answers."""
    text = "a b : Nat\n⊢ a + b = b + a"
    assert names(text, most=most) == names(text)[:most]


def test_an_empty_index_has_no_answer():
    """A library without theorems is no error."""
    assert index([]).search(state("⊢ 1 = 1"), ALL, 5) == []
    assert len(index([])) == 0
    assert index([Statement("absurd", "M", frozenset())]).search(state("⊢ 1 = 1"), frozenset(["M"]), 5) == []


CONSTANTS = ["Nat", "Int", "HAdd.hAdd", "HMul.hMul", "Eq", "LE.le", "List"]
STATEMENTS = st.lists(st.frozensets(st.sampled_from(CONSTANTS)), min_size=1, max_size=12).map(
    lambda sets: [Statement(f"t{number:02}", f"M{number // 4}", found) for number, found in enumerate(sets)]
)
SHOWN = st.frozensets(st.sampled_from(CONSTANTS))
MODULES = frozenset(f"M{number}" for number in range(3))
SIGNS = {"HAdd.hAdd": "+", "HMul.hMul": "*", "Eq": "=", "LE.le": "≤"}


def showing(constants):
    return ProofState((OpenGoal((), " ".join(SIGNS.get(constant, constant) for constant in sorted(constants))),))


def formula(statements, shown):
    """The scores as the docstring defines them, by name."""
    count = len(statements)
    n = {c: sum(c in s.constants for s in statements) for c in CONSTANTS}
    idf = {c: math.log(1 + (count - n[c] + 0.5) / (n[c] + 0.5)) for c in CONSTANTS}
    length = {s.name: sum(idf[c] ** 2 for c in s.constants) for s in statements}
    return {
        s.name: sum(idf[c] ** 2 for c in s.constants & shown) / length[s.name] ** 0.35
        for s in statements
        if s.constants & shown
    }


@given(STATEMENTS, SHOWN)
def test_scores_are_those_of_the_formula(statements, shown):
    """Every theorem with a common constant is found, with the score that the formula gives."""
    found = {premise.name: premise.score for premise in index(statements).search(showing(shown), MODULES, 99)}
    assert found == pytest.approx(formula(statements, shown))


@given(STATEMENTS, SHOWN)
def test_answers_are_sorted_and_repeatable(statements, shown):
    """Scores fall, equal ones are in the order of the library, and another index of the same library says the same."""
    found = index(statements).search(showing(shown), MODULES, 99)
    assert found == sorted(found, key=lambda premise: (-premise.score, premise.name))
    assert found == index(statements).search(showing(shown), MODULES, 99)
    assert all(premise.module == f"M{int(premise.name[1:]) // 4}" for premise in found)
