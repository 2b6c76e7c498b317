"""What is kept of a search: whole steps, the proof whatever its size, and all failures counted."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.proof.state import OpenGoal, ProofState
from proofagent.runs.results import GoalResult
from proofagent.runs.searched import best_path, searched
from proofagent.runs.taxonomy import ending_kind, failure_kind

sys.path.insert(0, str(Path(__file__).parent.parent / "proof"))
from test_graph import OPERATIONS, grow


@given(OPERATIONS, st.integers(1, 40))
def test_steps_are_kept_whole_and_the_proof_always(operations, most):
    """Every goal that a kept step leaves is kept, every kept goal hangs on the root, and a proof is all there."""
    graph = grow(operations)
    seen = searched(graph, most)
    goals = {goal.id for goal in seen.goals}
    assert ROOT in goals
    assert {step.goal for step in seen.steps} | {child for step in seen.steps for child in step.children} <= goals
    assert goals - {ROOT} <= {child for step in seen.steps for child in step.children}
    assert (seen.goals_seen, seen.steps_seen) == (len(graph.goals), len(graph.steps))
    taken = {step.goal: step for step in seen.steps if step.taken}
    assert len(taken) == sum(step.taken for step in seen.steps)
    proof, todo = set(), [ROOT] if graph.root.status == "proved" else []
    while todo:
        goal = todo.pop()
        proof.add(goal)
        todo += taken[goal].children
    assert proof == taken.keys()
    assert len(goals) <= max(most, len(proof), 1)


@given(OPERATIONS)
def test_every_failure_is_counted(operations):
    """By its kind, with one of each."""
    graph = grow(operations)
    assert sum(kind.count for kind in searched(graph).failures) == sum(len(g.failures) for g in graph.goals.values())


@given(OPERATIONS)
def test_the_best_path_leads_down(operations):
    """From the root along steps that have not failed, to a goal that is open if any on it is."""
    graph = grow(operations)
    tactics, target = best_path(graph)
    known = {step.tactic for step in graph.steps.values() if step.status != "failed"}
    assert set(tactics) <= known
    assert len(tactics) <= len(graph.goals)
    if graph.root.status == "open" and not tactics:
        assert target == graph.root.state.main.target


def test_what_is_endless_is_cut():
    """Texts of a megabyte are no part of a journal."""
    huge = "x" * (1 << 20)
    graph = ProofGraph(ProofState((OpenGoal((), huge),)))
    graph.add_failure(ROOT, huge, huge)
    graph.add_step(ROOT, huge, (ProofState((OpenGoal((), "q"),)),), origin="portfolio")
    assert len(searched(graph).model_dump_json()) < 10_000


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("fails", "fails at a glance"),
        ("leaves the same as `simp_all`", "is a repetition"),
        ("`simp` made no progress", "is a repetition"),
        ("Unknown constant `Lean.Grind.CommRing`", "uses an unknown name"),
        ("takes too long for what it is worth", "took too long"),
        ("the deadline passed", "took too long"),
        ("(deterministic) timeout at `whnf`, maximum number of heartbeats (40000) has been reached", "took too long"),
        ("Tactic `simp` failed with a nested error: maximum recursion depth has been reached", "recursed too deep"),
        ("the Lean process died", "crashed Lean"),
        ("failed to synthesize instance of type class Decidable (a ∈ s)", "lacks an instance"),
        ("unsolved goals case nil α : Type", "leaves goals behind"),
        ("Tactic `apply` failed: could not unify the conclusion of `@f`", "does not unify"),
        ("`grind` failed case grind x : Nat", "gave up as an automation"),
        ("omega could not prove the goal: a possible counterexample", "gave up as an automation"),
        ("<input>:1:3: unknown tactic", "is not Lean"),
        ("Tactic `assumption` failed", "does not apply"),
        ("Invalid simp theorem `f`: Expected a definition", "does not apply"),
        ("something else altogether", "fails otherwise"),
        ("", "fails otherwise"),
    ],
)
def test_what_lean_says_has_a_kind(reason, kind):
    """The most telling one that fits."""
    assert failure_kind(reason) == kind


@pytest.mark.parametrize(
    ("outcome", "end", "kind"),
    [
        ("proved", "complete", ""),
        ("refuted", "complete", "it is false"),
        ("error", "", "Lean refuses the statement"),
        ("undecided", "", "the environment failed"),
        ("partial", "complete", "another hole of its declaration is open"),
        ("unproved", "exhausted", "nothing was left to try"),
        ("unproved", "out-of-time", "the time was up"),
        ("unproved", "complete", "a script looked complete, and the gate did not accept it"),
        ("unproved", "", "it was never begun"),
    ],
)
def test_what_is_not_proved_has_a_reason(outcome, end, kind):
    """In words."""
    result = GoalResult(name="t", origin="", statement="", digest="", outcome=outcome, end=end)
    assert ending_kind(result) == kind
