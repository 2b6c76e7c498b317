"""Refuting with the real Lean: what is false is refuted by an accepted theorem, and nothing else is."""

import anyio
import pytest

from proofagent.check.gate import check, claim_of
from proofagent.check.receipt import Evidence, sha256
from proofagent.cli.evidence import read_evidence
from proofagent.goals.files import from_file
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_statement
from proofagent.propose.base import Candidate
from proofagent.propose.mix import Mix, Share
from proofagent.propose.negation import CLOSED_NAME, NAME, Counterexamples, closing, negated
from proofagent.propose.team import Team
from proofagent.runs import attempt as module
from proofagent.runs.attempt import attempt
from proofagent.runs.refute import refute
from proofagent.runs.results import GoalResult, result_of
from proofagent.runs.text import filled, named
from proofagent.types import Budget

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("refutation")]

BUDGET = Budget(seconds=60.0)
FALSE = "theorem t (n : Nat) : n < 3"


class Saying:
    """Proposes the same tactics at every goal."""

    waves = (0.0,)

    def __init__(self, *tactics):
        self._tactics = tactics

    async def propose(self, query):
        return [Candidate(tactic, -0.1, "test", block="\n" in tactic) for tactic in self._tactics]

    def learn(self, candidate, *, worked):
        pass


class Endless(Saying):
    """Thinks until it is told to stop."""

    stopped = False

    async def propose(self, query):
        try:
            await anyio.sleep_forever()
        finally:
            self.stopped = True


@pytest.fixture
def attempted(portal, pool):
    """Attempts a goal with proposers for and against it."""

    def run(goal, against, proposer=None, stated=None):
        async def work():
            return await attempt(goal, pool, Team(proposer or Saying(), against), BUDGET, stated=stated)

        return portal.call(work)

    return run


@pytest.fixture
def refuted(portal, pool):
    """Tries to refute a goal, and nothing else."""

    def run(goal, *tactics):
        async def work():
            return await refute(goal, goal, pool, Saying(*tactics), BUDGET, observe=lambda *_: None)

        return portal.call(work)

    return run


NO_TWO_ALIKE = """intro h
have := congrArg ULift.down (h (ULift Bool) ⟨true⟩ ⟨false⟩)
exact Bool.noConfusion this"""
SECTIONS = """namespace A
open Nat
section
variable {α : Type} [Inhabited α] (n : Nat) (x : α)
def f (n : Nat) := n + 1
theorem t : f n = succ (succ n)"""


@pytest.mark.parametrize(
    ("text", "tactic"),
    [
        (FALSE, ""),
        ("theorem t : ∀ a b : Nat, a - b = b - a", ""),
        ("example (p q : Prop) (h : p ∨ q) : p", "exact fun h => h False True (Or.inr trivial)"),
        ("∀ b : Bool, b = true", ""),
        ("@[simp] theorem t (n : Nat) : n + 1 = n", ""),
        (SECTIONS, ""),
        ("theorem t.{u} (α : Type u) (x y : α) : x = y", NO_TWO_ALIKE),
        ("theorem t {n : Nat} ⦃m : Nat⦄ [NeZero n] : n = m", "exact fun h => absurd (@h 1 0 ⟨by decide⟩) (by decide)"),
        ("variable (n : Nat) [NeZero n]\ntheorem t : n = 1", "exact fun h => absurd (@h 2 ⟨by decide⟩) (by decide)"),
        ("theorem t : 1 = 2", "decide"),
    ],
    ids=["theorem", "forall", "example", "bare", "simp", "sections", "universe", "binders", "variables", "closed"],
)
def test_what_is_false_is_refuted(attempted, text, tactic):
    """The gate accepts the negation, and the counterexample is a Lean proof that stands behind the statement."""
    goal = from_statement(text)
    made = attempted(goal, Saying(tactic) if tactic else Counterexamples())
    assert made.outcome == "refuted"
    assert made.verdict.accepted
    assert made.verdict.receipt.targets == (CLOSED_NAME,)
    assert made.proof is None
    statement, _, proof = made.refutation.partition(f"\n\ntheorem _root_.{NAME} : ")
    assert statement == f"{named(goal).statement} := by\n  sorry"
    assert f"(type_of% @_root_.{named(goal).name}) := by\n  " in proof
    assert (tactic or "exact fun h => absurd (@h ") in proof.replace("\n  ", "\n")


def test_a_result_says_that_it_is_refuted(attempted):
    """Its tree and receipt are those of the refutation; there is no proof; and it is the same after JSON."""
    result = result_of(attempted(from_statement(FALSE), Counterexamples()))
    assert (result.outcome, result.end, result.proof) == ("refuted", "complete", None)
    assert result.tree.goal == "¬∀ (n : Nat), n < 3"
    assert result.tree.tactic in result.refutation
    assert result.tree.origin == "counterexample"
    assert result.receipt.outcome == "accepted"
    assert GoalResult.model_validate_json(result.model_dump_json()) == result


def test_proofs_of_earlier_holes_are_checked_with_a_refutation(attempted, tmp_path):
    """Lemmas that were proved meanwhile stand before the statement; the challenge has them as the user wrote them."""
    path = tmp_path / "A.lean"
    path.write_text("theorem a : 2 + 2 = 4 := by sorry\ntheorem b (n : Nat) : n + n = 4 := by\n  sorry\n")
    _, (lemma, goal) = from_file(path)
    made = attempted(
        filled(goal, {lemma.position: "rfl"}), Saying("exact fun h => absurd (h 0) (by simp [← a])"), stated=goal
    )
    assert made.outcome == "refuted"
    assert made.verdict.receipt.challenge_sha256 == sha256(_texts(goal, made)[0])


# What may not be called refuted

TRAP = "class Trap : Prop where\n  out : False\nvariable [Trap]\n"


@pytest.mark.parametrize(
    ("preamble", "tactic", "code"),
    [
        (TRAP, "exact False.elim Trap.out", "sorry"),
        ("variable (h : False)\ninclude h\n", "exact False.elim h", "sorry"),
        ("variable (p : Prop) (h : p ∧ ¬p)\ninclude h\n", "exact absurd h.1 h.2", "sorry"),
        ("axiom wrong : False\n", "exact wrong.elim", "axiom"),
        ("theorem wrong : False := by\n  sorry\n", "exact wrong.elim", "sorry"),
    ],
    ids=["an instance", "a hypothesis", "a contradiction", "an axiom", "an admitted lemma"],
)
def test_what_follows_from_the_text_around_is_no_refutation(refuted, preamble, tactic, code):
    """The negation of a true statement can be proved there, for a reason that is not the statement's: it is refused."""
    found = refuted(Goal("t", "theorem t : 1 = 1", preamble=preamble), tactic)
    assert found.script is not None, "the trap has to be sprung"
    assert not found.accepted
    assert found.verdict.outcome == "rejected"
    assert code in " ".join(f"{reason.code} {reason.text}" for reason in found.verdict.reasons)


def test_a_sign_of_another_meaning_is_no_refutation(refuted):
    """Where the text has a notation `¬` of its own, that is not what a refutation is about."""
    preamble = 'local notation:max (priority := high) "¬" p:40 => id p\n'
    assert not refuted(Goal("t", "theorem t : 1 = 1", preamble=preamble), "rfl").accepted


@pytest.mark.parametrize("text", ["theorem t (n : Nat) : n = n", f"{TRAP}theorem t (n : Nat) : n < 3"])
def test_a_statement_that_holds_stays_unproved(attempted, text):
    """Nobody found a proof, and all counterexamples fail: also those of a statement that is true for no good reason."""
    made = attempted(from_statement(text), Counterexamples())
    assert (made.outcome, made.end, made.refutation, made.verdict) == ("unproved", "exhausted", "", None)


@pytest.mark.parametrize(("proposer", "outcome"), [(Saying("omega"), "proved"), (Saying("rfl"), "unproved")])
def test_a_statement_that_cannot_be_negated_does_no_harm(attempted, proposer, outcome):
    """Where the text has taken the name already, there is no refutation, and the proof is searched for as ever."""
    goal = from_statement(f"def {NAME} := 3\ntheorem t (n m : Nat) : n + m = m + n")
    made = attempted(goal, Counterexamples(), proposer)
    assert (made.outcome, made.refutation) == (outcome, "")


# Beside the search for a proof


def test_a_refuted_goal_ends_the_search_for_a_proof(attempted, monkeypatch):
    """Nobody goes on looking for a proof of what is false."""
    monkeypatch.setattr(module, "_REFUTE_AFTER_SECONDS", 0.0)
    proposer = Endless()
    made = attempted(from_statement(FALSE), Counterexamples(), proposer)
    assert made.outcome == "refuted"
    assert proposer.stopped
    assert made.seconds < BUDGET.seconds


def test_a_proof_ends_the_search_for_a_refutation(attempted, monkeypatch):
    """Nobody goes on looking for a counterexample of what is proved."""
    monkeypatch.setattr(module, "_REFUTE_AFTER_SECONDS", 0.0)
    against = Mix([Share(Endless())])
    made = attempted(from_statement("theorem t (n : Nat) : n = n"), against, Saying("rfl"))
    assert (made.outcome, made.refutation) == ("proved", "")


# The receipt


def _texts(goal, made):
    """Challenge and solution of a refutation."""
    trusted, end = negated(named(goal)), closing(named(goal))
    challenge = trusted.preamble + trusted.statement + trusted.lead + "sorry" + end
    return challenge, made.goal.preamble + made.refutation.removesuffix(end) + end


def test_the_receipt_of_a_refutation_is_confirmed(attempted, portal, pool, tmp_path):
    """With the texts that it names, whoever does the check again finds the same."""
    goal = from_statement("namespace A\nvariable (n : Nat)\ntheorem t : n < 3")
    made = attempted(goal, Counterexamples())
    receipt = result_of(made).receipt
    challenge, solution = _texts(goal, made)
    assert (receipt.challenge_sha256, receipt.solution_sha256) == (sha256(challenge), sha256(solution))
    path = tmp_path / "receipt.json"
    path.write_text(Evidence(receipt=receipt, challenge=challenge, solution=solution).model_dump_json())

    async def again():
        return await check(claim_of(read_evidence(path)), pool, deadline=60.0)

    found = portal.call(again).receipt
    assert found.outcome == "accepted"
    assert receipt.differences(found) == ()


def test_a_refutation_is_the_text_of_its_receipt(attempted):
    """What stands in a result, behind the goal's preamble, is what was checked."""
    goal = from_statement(FALSE)
    result = result_of(attempted(goal, Counterexamples()))
    assert sha256(goal.preamble + result.refutation) == result.receipt.solution_sha256
