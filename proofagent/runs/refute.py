"""Trying to refute a goal: a search for a proof of its negation, and the gate."""

from dataclasses import dataclass

from proofagent.check.gate import Claim, Verdict, check
from proofagent.errors import EngineError, GoalError
from proofagent.goals.goal import Goal
from proofagent.lean.pool import Pool
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import Script
from proofagent.propose.base import Proposer
from proofagent.propose.negation import CLOSED_NAME, closing, negated
from proofagent.runs.text import named, proof_text, text_with
from proofagent.search.loop import search
from proofagent.search.prover import LeanProver, StartFailed
from proofagent.search.settings import Observer
from proofagent.types import Budget, Spent

LEAST_CHECK_SECONDS = 30.0
"""The gate has that long for a text, however little the search has left."""


@dataclass(frozen=True, slots=True)
class Refutation:
    """What came of it. The goal is refuted where `verdict` is there and accepts `text`.

    `text` is the theorem that was proved after the goal itself, admitted, to stand after the goal's preamble; empty
    where none was found.
    """

    text: str
    verdict: Verdict | None
    script: Script | None
    graph: ProofGraph | None
    spent: Spent

    @property
    def accepted(self) -> bool:
        return self.verdict is not None and self.verdict.accepted


async def refute(
    goal: Goal, stated: Goal, pool: Pool, proposer: Proposer, budget: Budget, *, observe: Observer
) -> Refutation:
    """Search for a proof of the negation of `goal` within `budget`, and check it against the text `stated`.

    Nothing that goes wrong here is of any weight beside the proof that is searched for at the same time: a statement
    that cannot be negated, or no engine, is a refutation that was not found.
    """
    against, trusted = negated(named(goal)), negated(named(stated))
    prover = LeanProver(against, pool, heartbeats=budget.heartbeats)
    try:
        found = await search(against, prover, proposer, budget, observe=observe)
    except (StartFailed, EngineError, GoalError):
        return Refutation("", None, None, None, Spent())
    if found.end != "complete":
        return Refutation("", None, None, found.graph, found.spent)
    end = closing(named(goal))
    challenge = text_with(trusted, "sorry") + end
    solution = text_with(against, proof_text(against, found.script, braces=prover.braces)) + end
    claim = Claim(goal.imports, challenge, solution, (CLOSED_NAME,))
    verdict = await check(claim, pool, deadline=max(budget.seconds, LEAST_CHECK_SECONDS))
    text = solution.removeprefix(goal.preamble)
    return Refutation(text, verdict, found.script, found.graph, found.spent)
