"""The search loop: take the goal that the strategy has next, ask for candidates, apply them, grow the graph, repeat."""

import math
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace

import anyio

from proofagent import telemetry
from proofagent.errors import EngineError
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import uncommented
from proofagent.proof.graph import ROOT, SAME_GOAL, ProofGraph, StepNode
from proofagent.proof.script import is_step, normalized
from proofagent.proof.state import ProofState
from proofagent.propose.base import Candidate, Proposer, Query
from proofagent.propose.blocks import dedented, has_hole, steps
from proofagent.propose.content import refusal
from proofagent.search.play import play
from proofagent.search.prover import Prover, TacticResult
from proofagent.search.settings import End, Observer, SearchResult, Settings, Tried
from proofagent.search.strategy import Entry, Judge
from proofagent.types import Budget, Spent

# Tactics that search for other tactics: what they find is used in their stead.
_HARVESTER = re.compile(r"\b(?:exact|apply|simp|simp_all|try|grind|rw|hint)\?")
_GRACE_SECONDS = 0.3
_SLOW_TWICE = 2
_JUDGED_AT_ONCE = 4


async def search(
    goal: Goal,
    prover: Prover,
    proposer: Proposer,
    budget: Budget,
    *,
    settings: Settings | None = None,
    observe: Observer = lambda _graph, _tried: None,
    clock: Callable[[], float] = time.monotonic,
) -> SearchResult:
    """Search for a script for `goal`. Ends with the first whole script or with the budget.

    Raises what `prover.start` raises, and `EngineError` where no engine can be had any more; a candidate that fails,
    hangs or kills an engine is only a failed candidate.
    """
    run = _Run(goal, prover, proposer, budget, settings or Settings(), observe, clock)
    with telemetry.span("search", theorem=goal.name, budget=budget.seconds) as span:
        result = await run.run()
        span.set(end=result.end, candidates=result.spent.candidates, goals=len(result.graph.goals))
    return result


class _Run:
    def __init__(
        self,
        goal: Goal,
        prover: Prover,
        proposer: Proposer,
        budget: Budget,
        settings: Settings,
        observe: Observer,
        clock: Callable[[], float],
    ) -> None:
        self._goal, self._prover, self._proposer = goal, prover, proposer
        self._budget, self._settings, self._observe, self._clock = budget, settings, observe, clock
        self._began = clock()
        self._spent = Spent()
        self._end: End | None = None
        self._busy: Counter[int] = Counter()
        self._dry: set[int] = set()
        self._taken: set[tuple[int, str]] = set()
        self._slow: Counter[str] = Counter()
        self._broken: EngineError | None = None
        self._changed = anyio.Event()
        self._finished = anyio.Event()
        self._judging = anyio.CapacityLimiter(_JUDGED_AT_ONCE)

    async def run(self) -> SearchResult:
        told = self._settings
        self._graph = ProofGraph(await self._prover.start(), estimate=told.value, burden=told.burden, merge=told.merge)
        self._frontier = self._settings.strategy(self._graph)
        self._push(ROOT, 0)
        async with anyio.create_task_group() as group:
            self._group = group
            for _ in range(self._settings.workers):
                group.start_soon(self._work)
            # A proposer that does not answer must not outlast the budget.
            with anyio.move_on_after(max(0.0, self._left())):
                await self._finished.wait()
            self._stop("out-of-time")
            # A candidate in flight gets a moment: cutting it off would cost its engine.
            with anyio.move_on_after(_GRACE_SECONDS):
                while self._busy.total():
                    await self._wait()
            group.cancel_scope.cancel()
        self._spent.seconds = self._clock() - self._began
        if self._broken is not None:
            raise self._broken
        return SearchResult(self._end or "exhausted", self._graph.script(), self._graph, self._spent)

    async def _work(self) -> None:
        while self._end is None:
            entry = self._frontier.pop()
            if entry is not None:
                self._busy[entry.goal] += 1
                try:
                    with telemetry.span("search.expand", "debug", node=entry.goal, wave=entry.wave):
                        await self._expand(entry)
                except EngineError as error:
                    self._broken = error
                    self._stop("exhausted")
                finally:
                    self._busy[entry.goal] -= 1
                    self._frontier.done(entry)
                    self._settle(entry.goal)
                    self._notify()
            elif self._busy.total():
                await self._wait()
            else:
                self._stop("exhausted")

    async def _expand(self, entry: Entry) -> None:
        if self._left() <= 0:
            self._stop("out-of-time")
            return
        node = self._graph.goals[entry.goal]
        way = self._graph.way(entry.goal)
        query = Query(
            self._goal,
            node.state,
            entry.wave,
            node.depth,
            node.failures,
            path=tuple(step.tactic for step, _ in way),
            origin=way[-1][0].origin if way else "",
        )
        todo = deque(self._fresh(entry.goal, await self._proposer.propose(query)))
        more = entry.wave + 1 < len(self._proposer.waves) or bool(todo)
        # Pushed before the work is done, so that another worker may take the next wave meanwhile; but what is asked
        # after a block depends on what Lean said to it.
        later = any(candidate.block for candidate in todo)
        if more and not later:
            self._push(entry.goal, entry.wave + 1)
        elif not more:
            self._dry.add(entry.goal)
        screened = deque[Candidate]()
        while (todo or screened) and self._end is None and node.status == "open":
            if not screened:
                # No more of them than may be tried.
                most = min(self._settings.screened, self._budget.candidates - self._spent.candidates)
                several = [todo.popleft() for _ in range(min(max(1, most), len(todo)))]
                screened.extend(await self._screen(entry.goal, several))
                continue
            found = await self._try(entry.goal, screened.popleft())
            screened.extendleft(reversed(self._fresh(entry.goal, found)))
        if more and later:
            self._push(entry.goal, entry.wave + 1)
        if self._settings.judge is not None and entry.wave == 0 and node.status == "open" and self._end is None:
            self._group.start_soon(self._appraise, entry.goal, self._settings.judge)

    async def _appraise(self, goal: int, judge: Judge) -> None:
        """Replace the value of a goal by what `judge` says, which may take a while; a few at a time."""
        async with self._judging:
            node = self._graph.goals[goal]
            if self._end is not None or not self._graph.relevant(goal):
                return
            value = await judge(self._goal, node.state)
        if value is not None and self._end is None:
            self._graph.appraise(goal, value)
            self._frontier.restore()
            self._notify()

    async def _screen(self, goal: int, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Let Lean see together which of `candidates` fail; those that are to be tried one by one, in that order."""
        fit = [c.tactic for c in candidates if self._screens(c)]
        if len(fit) <= 1 or self._settings.screened <= 1:
            return list(candidates)
        deadline = min(self._left(), self._settings.candidate_seconds)
        seen = await self._prover.screen(self._graph.frame(goal), fit, deadline=deadline)
        self._spent.lean_seconds += seen.seconds
        self._slow.update(seen.slow)
        for candidate in candidates:
            if candidate.brief and candidate.tactic in seen.slow:
                self._refuse(goal, candidate, "takes too long for what it is worth")
        # What closes the goal comes first, and of that the lightest: Lean has found out for all at once.
        return sorted(
            (c for c in candidates if not (c.brief and c.tactic in seen.slow)),
            key=lambda c: self._settings.burden(c.tactic) if c.tactic in seen.closing else math.inf,
        )

    def _screens(self, candidate: Candidate) -> bool:
        """Whether a candidate goes into a document with others. What Lean says to a model's is told to the model."""
        alone = candidate.block or candidate.call or candidate.dear or "\n" in candidate.tactic
        return not alone and self._slow[candidate.tactic] < _SLOW_TWICE

    def _fresh(self, goal: int, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates that can be tried at `goal` and were not, each once, as normalised text."""
        key, fit = self._graph.goals[goal].state.key, []
        for candidate in candidates:
            try:
                text = uncommented(candidate.tactic)  # a comment that does not end is refused below
                tactic = dedented(text) if candidate.block else normalized(text)
            except ValueError as error:
                self._refuse(goal, candidate, str(error))
                continue
            if (goal, tactic) in self._taken or (key, tactic) in self._settings.banned:
                continue
            self._taken.add((goal, tactic))
            if why := refusal(tactic, holes=candidate.block):
                self._refuse(goal, replace(candidate, tactic=tactic), why)
            else:
                fit.append(replace(candidate, tactic=tactic))
        return fit

    def _refuse(self, goal: int, candidate: Candidate, why: str) -> None:
        """Note that a candidate is not tried at all."""
        self._graph.add_failure(goal, candidate.tactic, why)
        self._see(goal, candidate, TacticResult("refused", error=why))

    async def _try(self, goal: int, candidate: Candidate) -> list[Candidate]:
        """Try one candidate; returns the ones that Lean proposed in its stead."""
        result = await self._apply(goal, candidate)
        if result is None:
            return []
        if not candidate.block:
            return self._record(goal, candidate, result)
        await self._try_block(goal, candidate, result)
        return []

    async def _apply(self, goal: int, candidate: Candidate) -> TacticResult | None:
        """What Lean says to a candidate; None where the budget is spent."""
        left = self._left()
        if left <= 0 or self._spent.candidates >= self._budget.candidates:
            self._stop("out-of-time" if left <= 0 else "out-of-candidates")
            return None
        self._spent.candidates += 1
        patient = candidate.block and not candidate.brief
        most = self._settings.block_seconds if patient else self._settings.candidate_seconds
        return await self._prover.apply(self._graph.frame(goal), candidate.tactic, deadline=min(left, most))

    async def _try_block(self, goal: int, candidate: Candidate, result: TacticResult) -> None:
        """A block that Lean takes is one step; of any other, and of one with holes, the steps that work are kept."""
        text = candidate.tactic
        whole = result.status == "ok" and not has_hole(text) and not _HARVESTER.search(text) and is_step(text)
        if whole:
            self._record(goal, candidate, result)
            if result.children:
                self._graph.add_failure(goal, candidate.tactic, _left_open(result.children))
            return
        self._count(result)
        if result.status != "ok":
            self._graph.add_failure(goal, candidate.tactic, result.error)
        self._see(goal, candidate, result)

        async def take(at: int, tactic: str) -> tuple[int, ...] | None:
            return await self._take(at, replace(candidate, tactic=tactic, block=False, planned=True, log_prior=0.0))

        await play(steps(candidate.tactic), [goal], take, lambda at: self._graph.goals[at].state.main.case)

    async def _take(self, goal: int, candidate: Candidate) -> tuple[int, ...] | None:
        """The goals that a step of a block leaves at `goal`, be it new or known; None where it fails."""
        known = {step.tactic: step for step in self._graph.steps_of(goal)}
        if candidate.tactic in known:
            return known[candidate.tactic].children
        # A goal that another worker has given up meanwhile stays that.
        if self._end is not None or self._graph.goals[goal].status == "failed":
            return None
        self._busy[goal] += 1
        try:
            todo = deque(self._fresh(goal, [candidate]))
            while todo:
                tried = todo.popleft()
                todo.extendleft(reversed(self._fresh(goal, await self._try(goal, tried))))
                for step in self._graph.steps_of(goal):
                    if step.tactic == tried.tactic:
                        return step.children
        finally:
            self._busy[goal] -= 1
            self._settle(goal)
        # A step that changes nothing is one of the block all the same.
        return (goal,) if self._graph.goals[goal].failures.get(candidate.tactic) == SAME_GOAL else None

    def _left(self) -> float:
        return self._budget.seconds - (self._clock() - self._began)

    def _record(self, goal: int, candidate: Candidate, result: TacticResult) -> list[Candidate]:
        self._count(result)
        harvested = [
            replace(
                candidate,
                tactic=text,
                log_prior=candidate.log_prior - 0.05 * place,
                origin=f"suggested by {candidate.tactic}",
                block=False,
            )
            for place, text in enumerate(result.suggestions)
        ]
        step, known = None, len(self._graph.goals)
        if result.status != "ok":
            self._graph.add_failure(goal, candidate.tactic, result.error)
        elif _HARVESTER.search(candidate.tactic):
            # Never a step itself: `apply?` closes what it cannot prove with `sorry`, without a word.
            reason = "replaced by what it found" if harvested else "found nothing"
            self._graph.add_failure(goal, candidate.tactic, reason)
        else:
            step = self._graph.add_step(
                goal,
                candidate.tactic,
                result.children,
                log_prior=candidate.log_prior,
                origin=candidate.origin,
                planned=candidate.planned,
            )
        self._proposer.learn(candidate, worked=step is not None or bool(harvested))
        self._see(goal, candidate, result, step)
        if step is not None:
            for child in range(known, len(self._graph.goals)):
                self._push(child, 0)
            if any(child < known for child in step.children):
                # A new way to a goal may make it useful again.
                self._frontier.restore()
        self._check_root()
        return harvested

    def _see(self, goal: int, candidate: Candidate, result: TacticResult, step: StepNode | None = None) -> None:
        telemetry.event(
            "search.tactic",
            "debug",
            node=goal,
            tactic=candidate.tactic,
            origin=candidate.origin,
            status=result.status,
            left=len(result.children),
            seconds=result.seconds,
            said=result.error or None,
        )
        target = self._graph.goals[goal].state.main.target
        self._observe(self._graph, Tried(goal, target, candidate, result, step))

    def _count(self, result: TacticResult) -> None:
        self._spent.lean_seconds += result.seconds
        self._spent.timeouts += result.status == "timed-out"
        self._spent.engines_lost += result.status == "lost"

    def _push(self, goal: int, wave: int) -> None:
        penalties = self._proposer.waves
        self._frontier.push(goal, wave, penalties[min(wave, len(penalties) - 1)])
        self._notify()

    def _settle(self, goal: int) -> None:
        """Nothing more will come for `goal` once it is dry and no worker has candidates of it in hand."""
        if goal in self._dry and not self._busy[goal] and self._end is None:
            self._graph.exhaust(goal)
            self._check_root()

    def _check_root(self) -> None:
        if self._graph.root.status == "proved":
            self._stop("complete")
        elif self._graph.root.status == "failed":
            self._stop("exhausted")

    def _stop(self, end: End) -> None:
        # A proof that comes at the last moment is a proof.
        if self._end is None or end == "complete":
            self._end = end
        self._finished.set()
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def _wait(self) -> None:
        await self._changed.wait()


def _left_open(children: Sequence[ProofState]) -> str:
    return "these goals are left:\n" + "\n\n".join(child.key for child in children)
