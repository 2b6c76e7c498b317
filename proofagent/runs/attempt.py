"""One attempt at one goal: search, then the gate; a proof exists only after the gate has accepted it."""

import re
import time
from dataclasses import dataclass
from typing import Literal

from proofagent.check.gate import Claim, Verdict, check
from proofagent.errors import EngineLost, GoalError
from proofagent.goals.goal import Goal
from proofagent.lean.engine import Header
from proofagent.lean.pool import Pool
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import Script, tactics
from proofagent.propose.base import Proposer
from proofagent.runs.text import checked_name, last_hole, opened, openings, proof_text, text_with, theorem_word
from proofagent.search.loop import End, Observer, SearchResult, Settings, search
from proofagent.search.prover import SEARCH_OPTIONS, LeanProver, StartFailed
from proofagent.types import Budget, Spent

Outcome = Literal["proved", "partial", "unproved", "undecided"]

_REFUSALS_BORNE = 3
_LEAST_CHECK_SECONDS = 30.0
_PROVABLE = frozenset(["theorem", "lemma", "example"])
_NOTES_SECONDS = 10.0
_UNKNOWN = re.compile(r"[Uu]nknown identifier [`']([^`']+)[`']")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt.

    `proof` is the text for the goal's hole. It is verified where `outcome` is "proved"; where it is "partial", the
    declaration has another hole and nothing is verified yet; elsewhere it is None.
    """

    goal: Goal
    outcome: Outcome
    end: End
    proof: str | None
    script: Script | None
    verdict: Verdict | None
    graph: ProofGraph
    spent: Spent
    seconds: float
    notes: tuple[str, ...]
    """What may surprise the author of the statement."""

    refused: tuple[str, ...]
    """Why the gate did not accept each script that the warm engine called complete: where the two disagree."""


async def attempt(
    goal: Goal,
    pool: Pool,
    proposer: Proposer,
    budget: Budget,
    *,
    stated: Goal | None = None,
    workers: int = 1,
    observe: Observer = lambda _graph, _tried: None,
) -> Attempt:
    """Try to prove `goal` within `budget`.

    `stated` is the goal as the user wrote it, where holes before it have been filled since: what fills them is
    checked with the proof, not trusted with the statement.
    Raises `GoalError` where the statement does not elaborate or is no theorem, and `EngineError` where no engine
    can be had.
    """
    began = time.monotonic()
    word = theorem_word(goal)
    if word not in _PROVABLE:
        where = goal.origin or goal.name
        raise GoalError(f"a hole of `{word}` has no proof, only values; fill it in yourself", where=where)
    pool.warm(Header(goal.imports))
    opening, prover = await _start(goal, stated or goal, pool, budget)
    notes = await _notes(goal, prover, pool)
    banned: frozenset[tuple[str, str]] = frozenset()
    refused, spent = list[str](), Spent()
    verdict: Verdict | None = None
    while True:
        seconds = max(budget.seconds - (time.monotonic() - began), 0.001)
        left = Budget(seconds, max(budget.candidates - spent.candidates, 1), budget.heartbeats)
        settings = Settings(workers=workers, banned=banned)
        result = await search(goal, prover, proposer, left, settings=settings, observe=observe)
        proof = opening + proof_text(opened(goal, opening), result.script)
        spent.add(result.spent)
        outcome: Outcome = "unproved"
        if result.end == "complete":
            if not last_hole(goal):
                outcome = "partial"
            else:
                verdict = await _gate(stated or goal, goal, proof, pool, max(left.seconds, _LEAST_CHECK_SECONDS))
                outcome = _OUTCOMES[verdict.outcome]
                refused += _refusal(verdict)
                if verdict.outcome == "rejected" and len(refused) <= _REFUSALS_BORNE:
                    banned |= _blamed(result)
                    continue
        held = outcome in ("proved", "partial")
        return Attempt(
            goal=goal,
            outcome=outcome,
            end=result.end,
            proof=proof if held else None,
            script=result.script if held else None,
            verdict=verdict,
            graph=result.graph,
            spent=spent,
            seconds=time.monotonic() - began,
            notes=notes,
            refused=tuple(refused),
        )


_OUTCOMES: dict[str, Outcome] = {"accepted": "proved", "rejected": "unproved", "undecided": "undecided"}


async def _start(goal: Goal, stated: Goal, pool: Pool, budget: Budget) -> tuple[str, LeanProver]:
    """Find out how the hole is opened, by asking Lean. Raises `GoalError` with Lean's own message."""
    failure: StartFailed | None = None
    for opening in openings(goal):
        prover = LeanProver(opened(goal, opening), pool, heartbeats=budget.heartbeats)
        try:
            await prover.start()
        except StartFailed as error:
            failure = failure or error
        else:
            return opening, prover
    assert failure is not None
    if failure.lost:
        raise EngineLost(str(failure)) from failure
    raise GoalError(_hinted(str(failure)), where=_place(stated, failure)) from failure


def _place(goal: Goal, failure: StartFailed) -> str:
    """Where Lean's message is: in the user's file where the goal is from one, in the statement otherwise."""
    if failure.first is None:
        return goal.origin or goal.name
    line, column = failure.first.start.line, failure.first.start.column
    if goal.position is None:
        part = "preamble" if failure.preamble else "statement"
        return f"{goal.origin or goal.name}: {part}:{line}:{column}"
    first = goal.position.line - (goal.statement + goal.lead).count("\n")
    if failure.preamble:
        # The options of the search stand before the preamble, each on a line of its own.
        first -= goal.preamble.count("\n") + len(SEARCH_OPTIONS)
    return f"{goal.position.path}:{first + line - 1}:{column}"


def _hinted(message: str) -> str:
    if "._redArg" in message:
        return f"{message}\n(the embedded Lean cannot compile every definition: mark this one `noncomputable`)"
    return message


async def _notes(goal: Goal, prover: LeanProver, pool: Pool) -> tuple[str, ...]:
    """Names that Lean takes for variables because it knows no others: often a slip of the pen (`autoImplicit`)."""
    text = f"set_option autoImplicit false in\n{goal.statement}{goal.lead}sorry{goal.tail}"
    outcome = await pool.elaborate(prover.header, text, deadline=_NOTES_SECONDS)
    names = dict.fromkeys(m[1] for error in outcome.errors for m in _UNKNOWN.finditer(error.text))
    return tuple(f"Lean knows no `{name}` and takes it for a variable" for name in names)


async def _gate(stated: Goal, goal: Goal, proof: str, pool: Pool, deadline: float) -> Verdict:
    claim = Claim(goal.imports, text_with(stated, "sorry"), text_with(goal, proof), (checked_name(goal),))
    return await check(claim, pool, deadline=deadline)


def _refusal(verdict: Verdict) -> list[str]:
    """Why a verdict is not "accepted", as a list of one; empty where it is."""
    said = verdict.why or "; ".join(f"{reason.code}: {reason.text}" for reason in verdict.reasons)
    return [] if verdict.accepted else [said]


def _blamed(result: SearchResult) -> frozenset[tuple[str, str]]:
    """The closing tactics of a refused script: without one of them another script has to be found."""
    used = set(tactics(result.script))
    steps = [s for s in result.graph.steps.values() if s.status == "proved" and not s.children and s.tactic in used]
    return frozenset((result.graph.goals[step.goal].state.key, step.tactic) for step in steps)
