"""Lemmas as tactics: which are proposed, when, and what of a statement is looked at."""

import pytest

from proofagent.goals.goal import Goal
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Query, no_lemmas
from proofagent.propose.content import refusal
from proofagent.propose.retrieval import Retrieval

pytestmark = pytest.mark.anyio

GOAL = Goal("t", "theorem t (xs : List Nat) (n : Nat) : n ∈ xs ++ [n]")
STATE = ProofState(parse_goals("xs : List Nat\nn : Nat\n⊢ n ∈ xs ++ [n]"))
EQUATION = "List.append_nil.{u} {α : Type u} (as : List α) : as ++ [] = as"
EQUIVALENCE = "and_exists_self (P : Prop) (Q : P → Prop) : (P ∧ ∃ p, Q p) ↔ ∃ p, Q p"
RULE = "List.mem_append_left.{u} {α : Type u} {a : α} {as : List α} (bs : List α) : a ∈ as → a ∈ as ++ bs"
PREMISE = "Nat.le_of_eq {n m : Nat} (p : n = m) : n ≤ m"
UNIQUE = "Option.mem_unique {α : Type} {o : Option α} {a b : α} : a ∈ o → b ∈ o → a = b"


def finding(*stated):
    async def find(_goal, _state):
        return stated

    return find


async def tactics(*stated, state=STATE, **options):
    found = await Retrieval(finding(*stated)).propose(Query(GOAL, state, **options))
    return [candidate.tactic for candidate in found]


@pytest.mark.parametrize(
    ("stated", "rewrites"),
    [(EQUATION, True), (EQUIVALENCE, True), (RULE, False), (PREMISE, False), (UNIQUE, True)],
    ids=["equation", "equivalence", "rule", "equation as a premise", "equation behind premises"],
)
async def test_what_concludes_with_an_equation_rewrites_and_everything_is_applied(stated, rewrites):
    """A lemma is called by its name without its universes."""
    name = stated.split()[0].partition(".{")[0]
    found = await tactics(stated)
    assert f"apply {name}" in found
    assert (f"rw [{name}]" in found, f"rw [← {name}]" in found) == (rewrites, rewrites)


async def test_all_lemmas_are_given_to_simp_together_first():
    """One tactic with all of them is tried before one for each; what takes long, as inductions do, is a later wave."""
    found = await tactics(EQUATION, RULE)
    assert found[:2] == ["simp [List.append_nil, List.mem_append_left]", "simp [List.append_nil]"]
    found = await tactics(EQUATION, RULE, wave=1)
    assert found[0] == "simp_all [List.append_nil, List.mem_append_left]"
    assert "(induction xs <;> simp_all [List.append_nil, List.mem_append_left]; done)" in found
    assert all(not refusal(tactic) for tactic in found)
    assert len(set(found)) == len(found)


async def test_nothing_is_proposed_that_failed_and_nothing_without_lemmas():
    """Neither what is known to fail, nor anything where nothing was found."""
    assert "apply List.append_nil" not in await tactics(EQUATION, failures={"apply List.append_nil": "no"})
    assert await tactics() == []
    assert await Retrieval(no_lemmas).propose(Query(GOAL, STATE)) == []


async def test_lemmas_wait_until_all_is_brought_in():
    """At a goal that begins with binders no lemma is looked for: it would fit what stands behind them."""
    asked = []

    async def find(_goal, state):
        asked.append(state)
        return [EQUATION]

    proposer = Retrieval(find)
    assert await proposer.propose(Query(GOAL, ProofState(parse_goals("⊢ ∀ (xs : List Nat), xs ++ [] = xs")))) == []
    assert await proposer.propose(Query(GOAL, STATE))
    assert asked == [STATE]


async def test_better_lemmas_come_first():
    """Priors fall in the order in which lemmas were found."""
    found = await Retrieval(finding(RULE, PREMISE, EQUATION)).propose(Query(GOAL, STATE))
    applied = [candidate for candidate in found if candidate.tactic.startswith("apply ")]
    assert [candidate.tactic.split()[1] for candidate in applied] == [
        "List.mem_append_left",
        "Nat.le_of_eq",
        "List.append_nil",
    ]
    assert [candidate.log_prior for candidate in found] == sorted((c.log_prior for c in found), reverse=True)


@pytest.mark.parametrize("stated", ["", "@", ":", "a", "a : ", "«a b» : 1 = 1", "x : (", '"', "-- x", "a : b → /-"])
async def test_whatever_lean_prints_ends_no_search(stated):
    """A statement that cannot be read gives what its name gives, or nothing."""
    assert all(isinstance(tactic, str) for tactic in await tactics(stated))
