"""Looking at many candidates in one document: nothing that works alone is lost by it. With a real Lean."""

import pytest

from proofagent.goals.loaders import from_statement
from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.search.prover import LeanProver

pytestmark = pytest.mark.lean
SECONDS = 60.0

STATEMENT = (
    "theorem t (a b c : Nat) (p q : Prop) (h : a ≤ b) (hp : p ∨ q) (hs : ∀ n, n + a = a + n) : a ≤ b + c ∧ (q ∨ p)"
)
TACTICS = [
    "constructor",
    "refine ⟨?_, ?_⟩",
    "omega",
    "exact ⟨by omega, hp.symm⟩",
    "exact ⟨by decide, hp.symm⟩",
    "refine ⟨by simp, ?_⟩",
    "rcases hp with hp | hp",
    "cases hp <;> constructor <;> first | omega | simp_all",
    "simp [hs",
    "no_such_tactic",
    "grind",
    "skip",
    "exact foo",
    "have := hs 1",
    "(constructor; omega; exact hp.symm)",
    "decide",
    "intro x",
    "simp_all; omega",
    "constructor) | (skip",
    "exact Or.comm.mp hp",
    "set_option maxRecDepth 9 in simp",
    'trace "begun"',
    'trace "worked"',
    "fail",
    "stop",
    "all_goals sorry",
]


def answers(portal, pool, path, *, screened, limit=40_000):
    """What `apply` says to each tactic behind the steps of `path`, with or without a screening before."""

    async def ask():
        prover = LeanProver(from_statement(STATEMENT), pool, heartbeats=limit)
        graph, at = ProofGraph(await prover.start()), ROOT
        for tactic in path:
            result = await prover.apply(graph.frame(at), tactic, deadline=SECONDS)
            at = graph.add_step(at, tactic, result.children).children[-1]
        frame = graph.frame(at)
        seen = await prover.screen(frame, TACTICS, deadline=SECONDS) if screened else None
        return [await prover.apply(frame, tactic, deadline=SECONDS) for tactic in TACTICS], seen

    return portal.call(ask)


@pytest.mark.parametrize(
    "path", [(), ("constructor",), ("constructor", "cases hp"), ("refine ⟨?_, ?_⟩", "have hb : b = b := rfl")], ids=len
)
def test_nothing_that_works_is_lost(portal, pool, path):
    """What works alone works after a screening, or leaves the same as another that does; what fails, fails."""
    alone, _ = answers(portal, pool, path, screened=False)
    after, seen = answers(portal, pool, path, screened=True)
    reached = {result.children for result in after if result.status == "ok"}
    for tactic, before, now in zip(TACTICS, alone, after, strict=True):
        assert now.status == before.status or now.error.startswith("leaves the same as"), tactic
        assert before.status != "ok" or before.children in reached, tactic
        assert before.status in ("ok", now.status), tactic
    assert seen.seconds > 0


def test_what_closes_a_goal_is_never_a_repetition(portal, pool):
    """Each way to close a goal is a proof of its own."""
    alone, _ = answers(portal, pool, (), screened=False)
    after, _ = answers(portal, pool, (), screened=True)
    closing = [result.status == "ok" and not result.children for result in alone]
    assert closing == [result.status == "ok" and not result.children for result in after]
    assert sum(closing) > 2


def test_what_takes_too_long_is_named_and_the_rest_is_looked_at(portal, pool):
    """With few heartbeats some tactic ends the document; the ones after it are screened in another."""

    async def ask():
        prover = LeanProver(from_statement(STATEMENT), pool, heartbeats=8_000)
        frame = ProofGraph(await prover.start()).frame(ROOT)
        tactics = ["skip", endless, "rw [hp]", "fail", "constructor", "exact foo"]
        seen = await prover.screen(frame, tactics, deadline=SECONDS)
        return seen, [await prover.apply(frame, tactic, deadline=SECONDS) for tactic in tactics[2:]]

    endless = "repeat (have := hs 1)"
    seen, after = portal.call(ask)
    assert seen.slow == {endless}
    assert [result.status for result in after] == ["error", "error", "ok", "error"]
    assert [result.error for result in after if result.status == "error"] == ["fails"] * 3
