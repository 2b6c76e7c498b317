"""The tools `prove` and `step`."""

import time
from collections.abc import Sequence

import anyio

from proofagent.check.gate import Claim, check
from proofagent.errors import EngineLost, UsageError
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import uncommented
from proofagent.mcp.bench import Bench, Progress
from proofagent.mcp.inputs import ProveInput, StepInput
from proofagent.mcp.outputs import (
    Failed,
    GoalModel,
    PartialModel,
    ProvedModel,
    ProveOutput,
    ReceiptSummary,
    StepOutput,
    Stepped,
)
from proofagent.mcp.partial import best_partial
from proofagent.mcp.texts import Work, completed, first_goal, work_of
from proofagent.proof.graph import Frame, ProofGraph
from proofagent.proof.script import braced, indented
from proofagent.proof.state import ProofState
from proofagent.propose.blocks import dedented
from proofagent.propose.content import refusal
from proofagent.runs.attempt import Attempt
from proofagent.runs.results import GoalResult
from proofagent.runs.session import Listener, Session
from proofagent.runs.text import checked_name, last_hole, opened, openings, text_with
from proofagent.search.prover import LeanProver, StartFailed, TacticResult
from proofagent.search.settings import Settings, Tried
from proofagent.types import Budget

_HEARTBEATS = 200_000
"""For a single tactic: Lean's own limit."""
_GATE_SECONDS = 60.0
_SHOWN = 80
"""Characters of a goal in what the client is told meanwhile."""
_ENDS = {
    "out-of-time": "the time was over",
    "out-of-candidates": "as many candidates were tried as may be",
    "exhausted": "everything that the proposers had was tried",
}
_LEAST_SECONDS = 0.1
"""A goal for which less is left is not begun."""


async def prove(bench: Bench, given: ProveInput, progress: Progress) -> ProveOutput:
    """Search for proofs of what `given` leaves open. Raises `UsageError` where nothing of it can be tried."""
    began = time.monotonic()
    work = await anyio.to_thread.run_sync(work_of, given.text, given.theorem)
    await bench.demand(work.imports, [given.text])
    progress.start("reading the statement", given.seconds)
    end = time.monotonic() + given.seconds
    furthest: list[PartialModel | None] = []
    session = Session(
        bench.pool,
        bench.team,
        Budget(given.seconds),
        settings=Settings(workers=1 + bench.ahead),
        listener=_listener(progress, furthest),
    )
    for number, goal in enumerate(work.goals):
        left = (end - time.monotonic()) / (len(work.goals) - number)
        if left < _LEAST_SECONDS and number:
            break
        session.budget = Budget(max(left, _LEAST_SECONDS))
        await session.run([goal])
    if all(result.outcome == "error" for result in session.results):
        raise UsageError("\n".join(dict.fromkeys(result.why for result in session.results)))
    progress.message = "asking the gate about the whole text"
    return await _proved(work, session, furthest, began)


def _listener(progress: Progress, furthest: list[PartialModel | None]) -> Listener:
    """Says what is being done, and notes of each goal that was not proved how far the search came."""
    tried = 0

    def see(graph: ProofGraph, last: Tried) -> None:
        nonlocal tried
        tried += 1
        now = "asking the gate" if graph.root.status == "proved" else f"now at: ⊢ {last.target[:_SHOWN]}"
        progress.message = f"{tried} candidates, {len(graph.goals)} goals seen, {now}"

    def ended(result: GoalResult, made: Attempt | None) -> None:
        open_ = made is not None and result.outcome in ("unproved", "undecided")
        furthest.append(best_partial(made.graph) if made is not None and open_ else None)

    return Listener(tried=see, ended=ended)


async def _proved(work: Work, session: Session, furthest: Sequence[PartialModel | None], began: float) -> ProveOutput:
    results = session.results
    untried = [_untried(goal) for goal in work.goals[len(results) :]]
    goals = (*map(_model, results, furthest), *untried)
    text: str | None = None
    receipt, why = None, ""
    if work.file is None:
        if results[0].outcome == "proved" and results[0].proof is not None:
            text = completed(work.goals[0], results[0].proof)
    elif session.proved:
        whole, receipt, why = await session.finish(work.file)
        text = None if why else whole
    found = {goal.outcome for goal in goals}
    return ProveOutput(
        outcome="proved"
        if found == {"proved"} and not why
        else "refuted"
        if "refuted" in found
        else "undecided"
        if why or found & {"undecided", "error"}
        else "unproved",
        text=text,
        goals=goals,
        receipt=ReceiptSummary.of(receipt),
        why=why and f"the whole text with all proofs in place is not accepted: {why}",
        seconds=round(time.monotonic() - began, 3),
    )


def _model(result: GoalResult, furthest: PartialModel | None) -> ProvedModel:
    reasons = "; ".join([*(f"{reason.code}: {reason.text}" for reason in result.reasons), *result.refused])
    open_ = result.outcome in ("unproved", "undecided")
    return ProvedModel(
        name=result.name,
        outcome=result.outcome,
        statement=result.statement,
        proof=result.proof,
        refutation=result.refutation if result.outcome == "refuted" else "",
        why=result.why or reasons or (_ENDS.get(result.end, result.end) if open_ else ""),
        notes=result.notes,
        seconds=result.seconds,
        candidates=result.candidates,
        model_calls=len(result.calls),
        receipt=ReceiptSummary.of(result.receipt),
        partial=furthest,
    )


def _untried(goal: Goal) -> ProvedModel:
    return ProvedModel(
        name=goal.name,
        outcome="untried",
        statement=goal.statement,
        proof=None,
        refutation="",
        why="the time was over before it was begun",
        notes=(),
        seconds=0.0,
        candidates=0,
        model_calls=0,
        receipt=None,
        partial=None,
    )


async def step(bench: Bench, given: StepInput, progress: Progress) -> StepOutput:
    """Run a tactic after others. Raises `UsageError` for what is no tactic, and for a text without a proof state."""
    goal = await anyio.to_thread.run_sync(first_goal, given.text, given.theorem)
    tactics = [given.tactics] if isinstance(given.tactics, str) else given.tactics
    before = _script("tactics", tactics)
    tactic = _script("tactic", [given.tactic])
    await bench.demand(goal.imports, [given.text, before, tactic])
    progress.start("running the tactic")
    goal, prover = await _started(goal, bench)
    reached: Sequence[ProofState] = [await prover.start()]
    if before:
        led = await prover.apply(Frame("", "", 0), before, deadline=given.seconds)
        if led.status != "ok":
            return _failed(led, "tactics", ())
        reached, before = led.children, before + "\n"
    done = await prover.apply(Frame(before, "", 0), tactic, deadline=given.seconds)
    if done.status != "ok":
        return _failed(done, "tactic", reached)
    if done.children:
        return _output("goals", done, done.children)
    if not last_hole(goal):
        return _output(
            "closed", done, why="the declaration has another `sorry`: the gate accepts it whole or not at all"
        )
    progress.message = "asking the gate"
    return await _closed(goal, prover, before + tactic, bench, done)


def _script(what: str, tactics: Sequence[str]) -> str:
    """Tactics as one text, a tactic a line, without comments. Raises `UsageError` for what is more than tactics."""
    text = dedented("\n".join(dedented(uncommented(each.replace("\r\n", "\n"))) for each in tactics))
    if (text or what == "tactic") and (why := refusal(text)):
        raise UsageError(f"{what}: {why}")
    return text


async def _started(goal: Goal, bench: Bench) -> tuple[Goal, LeanProver]:
    """The goal with its hole opened so that a tactic may stand there. Raises `UsageError` with Lean's own message."""
    failure: StartFailed | None = None
    for opening in openings(goal):
        whole = opened(goal, opening)
        prover = LeanProver(whole, bench.pool, heartbeats=_HEARTBEATS)
        try:
            await prover.start()
        except StartFailed as error:
            failure = failure or error
        else:
            return whole, prover
    assert failure is not None
    if failure.lost:
        raise EngineLost(str(failure)) from failure
    place = f"{failure.first.start.line}:{failure.first.start.column}: " if failure.first else ""
    raise UsageError(f"the {'text before the statement' if failure.preamble else 'statement'}: {place}{failure}")


def _failed(result: TacticResult, what: Failed, goals: Sequence[ProofState]) -> StepOutput:
    if result.status == "lost":
        raise EngineLost(result.error or "the Lean process died")
    return _output("timed-out" if result.status == "timed-out" else "error", result, goals, failed=what)


def _output(
    outcome: Stepped,
    result: TacticResult,
    goals: Sequence[ProofState] = (),
    *,
    failed: Failed = "",
    why: str = "",
    text: str | None = None,
    receipt: ReceiptSummary | None = None,
) -> StepOutput:
    return StepOutput(
        outcome=outcome,
        goals=tuple(GoalModel.of(goal) for part in goals for goal in part.goals),
        error=result.error,
        failed=failed,
        suggestions=result.suggestions,
        why=why,
        text=text,
        receipt=receipt,
    )


async def _closed(goal: Goal, prover: LeanProver, script: str, bench: Bench, done: TacticResult) -> StepOutput:
    """What the gate says where a warm engine sees no goals any more."""
    proof = indented(braced(script) if prover.braces else script, goal.column)
    claim = Claim(goal.imports, text_with(goal, "sorry"), text_with(goal, proof), (checked_name(goal),))
    verdict = await check(claim, bench.pool, deadline=_GATE_SECONDS)
    if verdict.accepted and verdict.receipt is not None:
        receipt = ReceiptSummary.of(verdict.receipt)
        return _output("proved", done, text=completed(goal, proof), receipt=receipt)
    said = verdict.why or "; ".join(f"{reason.code}: {reason.text}" for reason in verdict.reasons)
    return _output("closed", done, why=f"no goals are left, but the gate says {verdict.outcome}: {said}")
