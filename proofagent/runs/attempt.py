"""One attempt at one goal: search, then the gate; a proof exists only after the gate has accepted it."""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import anyio

from proofagent import telemetry
from proofagent.check.gate import Claim, Verdict, check
from proofagent.errors import EngineLost, GoalError, ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.lean.engine import Header
from proofagent.lean.pool import Pool
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import Script, tactics
from proofagent.propose.asker import Asked
from proofagent.propose.base import Proposer
from proofagent.propose.team import Team
from proofagent.runs.kept import DEFAULT_PROFILE, Kept, Proof, measured
from proofagent.runs.refute import LEAST_CHECK_SECONDS, refute
from proofagent.runs.text import checked_name, last_hole, opened, openings, proof_text, text_with, theorem_word
from proofagent.score.choice import Profile, profiles
from proofagent.search.loop import search
from proofagent.search.prover import SEARCH_OPTIONS, LeanProver, StartFailed
from proofagent.search.settings import End, Observer, SearchResult, Settings, Tried
from proofagent.types import Budget, Spent

Outcome = Literal["proved", "refuted", "partial", "unproved", "undecided"]

_REFUSALS_BORNE = 3
_PROVABLE = frozenset(["theorem", "lemma", "example"])
_NOTES_SECONDS = 10.0
_REFUTING = 0.2
"""The share of the time after which a goal is refuted too, at the latest, and for how long."""
_REFUTE_AFTER_SECONDS = 5.0
_REFUTE_CANDIDATES = 500
_UNKNOWN = re.compile(r"[Uu]nknown identifier [`']([^`']+)[`']")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt.

    `proof` is the text for the goal's hole. It is verified where `outcome` is "proved"; where it is "partial", the
    declaration has another hole and nothing is verified yet; elsewhere it is None. Where `outcome` is "refuted",
    `refutation` is a theorem that says so, verified, and `script`, `graph` and `verdict` are those of its proof.
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

    kept: tuple[Proof, ...] = ()
    """`proof` and, where several were asked for, others worth keeping; verified where `outcome` is "proved"."""

    refutation: str = ""
    calls: tuple[Asked, ...] = ()
    """Every call of a model, in an order that repeats."""

    answers: Mapping[str, Sequence[Tried]] = field(default_factory=dict)
    """What Lean said to the candidates of each call, by its name."""


def _about(goal: Goal, *_others: object, **_options: object) -> dict[str, object]:
    return {"goal": goal.name}


def _became(made: Attempt) -> dict[str, object]:
    return {"outcome": made.outcome, "end": made.end, "candidates": made.spent.candidates, "calls": len(made.calls)}


@telemetry.as_task("attempt", _about, _became)
async def attempt(
    goal: Goal,
    pool: Pool,
    team: Team,
    budget: Budget,
    *,
    stated: Goal | None = None,
    settings: Settings | None = None,
    keep: int = 1,
    measure: bool = False,
    profile: Profile | None = None,
    observe: Observer = lambda _graph, _tried: None,
    against: Observer = lambda _graph, _tried: None,
    proved: Callable[[Attempt], None] = lambda _made: None,
) -> Attempt:
    """Try to prove `goal` within `budget`, and meanwhile to refute it if the team has somebody for that.

    `settings` are those of the search for a proof, which goes on until it has `keep` different ones, by their terms:
    each does without a step that closes a goal in the ones before. Those that none of the others beats in everything
    are returned, the best by `profile` first; where one is enough, `measure` says whether it is measured. `observe`
    sees that search, `against` the one for a refutation, and `proved` hears of what there is so far each time that
    there is a proof.

    `stated` is the goal as the user wrote it, where holes before it have been filled since: what fills them is
    checked with the proof, not trusted with the statement.
    Raises `GoalError` where the statement does not elaborate or is no theorem, and `EngineError` where no engine
    can be had.
    """
    began, told = time.monotonic(), settings or Settings()
    word = theorem_word(goal)
    if word not in _PROVABLE:
        where = goal.origin or goal.name
        raise GoalError(f"a hole of `{word}` has no proof, only values; fill it in yourself", where=where)
    pool.warm(Header(goal.imports))
    opening, prover = await _start(goal, stated or goal, pool, budget)
    notes = await _notes(goal, prover, pool)
    said = _Said()

    def completed(made: Attempt) -> Attempt:
        seconds = time.monotonic() - began
        return replace(made, seconds=seconds, notes=notes, calls=tuple(team.calls), answers=dict(said.to))

    work = _Work(
        goal,
        stated or goal,
        pool,
        team,
        budget,
        opening,
        prover,
        replace(told, judge=team.judge or told.judge),
        keep,
        measure or keep > 1,
        Kept(profile or profiles()[DEFAULT_PROFILE]),
        said.heard(observe),
        said.heard(against),
        lambda made: proved(completed(made)),
        began,
    )
    return completed(await work.run())


@dataclass(frozen=True, slots=True)
class _Said:
    """What Lean said to the candidates of each call of a model, by its name."""

    to: defaultdict[str, list[Tried]] = field(default_factory=lambda: defaultdict(list))

    def heard(self, pass_on: Observer) -> Observer:
        def see(graph: ProofGraph, tried: Tried) -> None:
            if tried.candidate.call:
                self.to[tried.candidate.call].append(tried)
            pass_on(graph, tried)

        return see


@dataclass(slots=True)
class _Work:
    """The search for a proof and the one for a refutation, side by side; the first that ends with a verdict counts."""

    goal: Goal
    stated: Goal
    pool: Pool
    team: Team
    budget: Budget
    opening: str
    prover: LeanProver
    settings: Settings
    keep: int
    measure: bool
    kept: Kept
    observe: Observer
    against: Observer
    proved: Callable[[Attempt], None]
    began: float
    proving: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    over: anyio.Event = field(default_factory=anyio.Event)
    made: Attempt | None = None
    broken: ProofAgentError | None = None

    async def run(self) -> Attempt:
        async with anyio.create_task_group() as group:
            if self.team.refuter is not None:
                group.start_soon(self._refute, self.team.refuter)
            with self.proving:
                try:
                    made = await self._prove()
                    self.made = self.made or made
                except ProofAgentError as error:
                    self.broken = error
            self.over.set()
            if self.broken or (self.made is not None and self.made.outcome in ("proved", "partial")):
                group.cancel_scope.cancel()
        if self.broken is not None:
            raise self.broken
        assert self.made is not None
        return self.made

    async def _refute(self, proposer: Proposer) -> None:
        """Starts after a while, since most goals that can be proved are proved by then."""
        share = _REFUTING * self.budget.seconds
        with anyio.move_on_after(min(_REFUTE_AFTER_SECONDS, share)):
            await self.over.wait()
        if self.team.askers:
            share = max(share, self.budget.seconds - (time.monotonic() - self.began))  # models take their time
        budget = Budget(share, min(self.budget.candidates, _REFUTE_CANDIDATES), self.budget.heartbeats)
        with telemetry.span("refute") as span:
            found = await refute(self.goal, self.stated, self.pool, proposer, budget, observe=self.against)
            span.set(refuted=found.accepted)
        if found.accepted and found.graph is not None:
            self.proving.cancel()
            refuted = self._attempt("refuted", "complete", found.graph, found.spent, (), verdict=found.verdict)
            self.made = replace(refuted, script=found.script, refutation=found.text)

    async def _prove(self) -> Attempt:
        banned: frozenset[tuple[str, str]] = frozenset()
        refused, spent = list[str](), Spent()
        began = self.settings.banned
        while True:
            seconds = max(self.budget.seconds - (time.monotonic() - self.began), 0.001)
            candidates = max(self.budget.candidates - spent.candidates, 1)
            left = Budget(seconds, candidates, self.budget.heartbeats)
            settings = replace(self.settings, banned=began | banned)
            result = await search(
                self.goal, self.prover, self.team.proposer, left, settings=settings, observe=self.observe
            )
            spent.add(result.spent)
            if result.end != "complete":
                return self._best(self._attempt("unproved", result.end, result.graph, spent, refused))
            proof, outcome = await self._checked(result, seconds)
            if outcome in ("proved", "partial"):
                self.kept.add(proof)
                made = self._best(self._attempt(outcome, result.end, result.graph, spent, refused))
                self.proved(made)
                if outcome == "partial" or len(self.kept) >= self.keep:
                    return made
            else:
                refused += _refusal(proof.verdict)
                if outcome == "undecided" or len(refused) > _REFUSALS_BORNE:
                    made = self._attempt(outcome, result.end, result.graph, spent, refused, verdict=proof.verdict)
                    return self._best(made)
            banned |= _blamed(result)

    async def _checked(self, result: SearchResult, seconds: float) -> tuple[Proof, Outcome]:
        """A whole script as a proof, and what the gate makes of it; "partial" where a hole is left elsewhere."""
        text = self.opening + proof_text(opened(self.goal, self.opening), result.script, braces=self.prover.braces)
        if not last_hole(self.goal):
            return Proof(text, result.script, None, result.graph), "partial"
        verdict = await _gate(self.stated, self.goal, text, self.pool, max(seconds, LEAST_CHECK_SECONDS))
        proof = Proof(text, result.script, verdict, result.graph)
        if verdict.accepted and self.measure:
            proof = await measured(proof, self.goal, self.pool, deadline=max(seconds, LEAST_CHECK_SECONDS))
        return proof, _OUTCOMES[verdict.outcome]

    def _best(self, last: Attempt) -> Attempt:
        """`last` with the best of the proofs that were found; `last` itself where none was."""
        if not self.kept:
            return last
        found = self.kept.best()
        first = found[0]
        outcome: Outcome = "proved" if first.verdict else "partial"
        return replace(
            last,
            outcome=outcome,
            end="complete",
            proof=first.text,
            script=first.script,
            verdict=first.verdict,
            graph=first.graph,
            kept=found,
        )

    def _attempt(
        self,
        outcome: Outcome,
        end: End,
        graph: ProofGraph,
        spent: Spent,
        refused: Sequence[str],
        *,
        verdict: Verdict | None = None,
    ) -> Attempt:
        return Attempt(
            goal=self.goal,
            outcome=outcome,
            end=end,
            proof=None,
            script=None,
            verdict=verdict,
            graph=graph,
            spent=spent,
            seconds=0.0,
            notes=(),
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


def _refusal(verdict: Verdict | None) -> list[str]:
    """Why a verdict is not "accepted", as a list of one; empty where it is."""
    if verdict is None or verdict.accepted:
        return []
    return [verdict.why or "; ".join(f"{reason.code}: {reason.text}" for reason in verdict.reasons)]


def _blamed(result: SearchResult) -> frozenset[tuple[str, str]]:
    """The closing tactics of a refused script: without one of them another script has to be found."""
    used = set(tactics(result.script))
    steps = [s for s in result.graph.steps.values() if s.status == "proved" and not s.children and s.tactic in used]
    return frozenset((result.graph.goals[step.goal].state.key, step.tactic) for step in steps)
