"""A bench: engines, models and memory that are kept open, on which one attempt after another is made.

Every executor has benches, in this process, in others or on other machines; `Plan` is all that one is made of.
"""

import os
import socket
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from proofagent.goals.goal import Goal
from proofagent.lean.engines import Choice, open_pool
from proofagent.lean.pool import Pool
from proofagent.llm.ledger import Limit
from proofagent.proof.graph import ProofGraph
from proofagent.propose.asker import Asked
from proofagent.runs.asking import Asking, Desk, open_desk
from proofagent.runs.attempt import Attempt
from proofagent.runs.calls import CostModel, call_model
from proofagent.runs.journal import Called, Charged, Ended
from proofagent.runs.results import GoalResult, undecided
from proofagent.runs.searched import SearchModel, best_path, searched
from proofagent.runs.session import Listener, Session
from proofagent.runs.work import Health, Hearing, Pulse, Work
from proofagent.score.choice import profile_named
from proofagent.search.settings import Settings, Tried
from proofagent.search.strategies import STRATEGIES

_PULSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How all goals of a batch are worked on; it can be sent to another process."""

    choice: Choice
    asking: Asking
    strategy: str
    keep: int
    prefer: str
    measure: bool = True

    def within(self, limit: Limit) -> "Plan":
        """The same, for `limit` at most."""
        return replace(self, asking=replace(self.asking, limit=limit))


@dataclass(slots=True)
class _AtWork:
    """The goal of an attempt, and who hears of it."""

    goal: Goal
    attempt: str
    bench: str
    hear: Hearing


_AT_WORK: ContextVar[_AtWork] = ContextVar("at_work")
"""Of a task, and whatever it starts."""


class Bench:
    """Makes attempts, as many at a time as `pool` has engines."""

    def __init__(self, plan: Plan, pool: Pool, desk: Desk, name: str = "") -> None:
        self._plan, self._pool, self._desk, self._name = plan, pool, desk, name
        self.id = uuid.uuid4().hex[:16]
        self._said = CostModel()
        self._settings = Settings(workers=1 + plan.asking.ahead, strategy=STRATEGIES[plan.strategy])

    async def attempt(self, work: Work, hear: Hearing) -> None:
        """Try the goals of `work`, in their order; `hear` is told of calls, of pulses, and of how each ended.

        Where it is cancelled, it tells of the goals that had ended, or had a proof, by then.
        """
        begun: list[Goal] = []
        looked: dict[int, SearchModel] = {}
        watch = _Watch(work, self._name, hear)

        def began(goal: Goal) -> None:
            name = work.attempts[len(begun)]
            begun.append(goal)
            _AT_WORK.set(_AtWork(goal, name, self.id, hear))
            watch.begin(goal, name)

        def ended(_result: GoalResult, made: Attempt | None) -> None:
            if made is not None:
                looked[len(begun) - 1] = searched(made.graph)

        plan = self._plan
        session = Session(
            self._pool,
            self._desk.team,
            work.budget,
            settings=self._settings,
            keep=plan.keep,
            measure=plan.measure,
            profile=profile_named(plan.prefer),
            memory=self._desk.memory,
            listener=Listener(began=began, tried=watch.see, ended=ended),
        )
        why = ""
        try:
            await session.run(work.goals)
        except Exception as error:  # noqa: BLE001  whatever goes wrong with an attempt, others are made
            why = f"proofagent has a bug, please report it: {type(error).__name__}: {error}"
        finally:
            self._charge(hear)
            for place, (goal, result) in enumerate(zip(session.tried, session.results, strict=True)):
                # Calls were told of, and paid, one by one; the goal is known as it was stated.
                told = result.model_copy(update={"calls": (), "digest": goal.digest})
                name, search, seconds = work.attempts[place], looked.get(place), work.budget.seconds
                hear(
                    Ended(
                        digest=goal.digest, seconds=seconds, attempt=name, worker=self._name, result=told, search=search
                    )
                )

        for goal, name in list(zip(work.goals, work.attempts, strict=True))[len(session.tried) :]:
            hear(Ended(digest=goal.digest, seconds=work.budget.seconds, attempt=name, result=undecided(goal, why)))

    def _charge(self, hear: Hearing) -> None:
        """Say what was spent, where that has changed: calls that were cut off were told of by nobody."""
        spent = CostModel.of(self._desk.ledger.spent)
        if spent != self._said:
            self._said = spent
            hear(Charged(bench=self.id, cost=spent))

    def health(self) -> Health:
        stats, engines = self._pool.stats, self._pool.engines
        return Health(
            worker=self._name,
            pid=os.getpid(),
            host=socket.gethostname(),
            engines=len(engines),
            memory_bytes=sum(engine.memory for engine in engines),
            started=stats.started,
            replaced=stats.replaced,
            bodies=stats.bodies,
            lean_seconds=round(stats.lean_seconds, 3),
        )


@asynccontextmanager
async def open_bench(plan: Plan, size: int, name: str = "") -> AsyncIterator[Bench]:
    """Open what `plan` names, with `size` engines. Raises as `open_pool` and `open_desk` do."""

    def heard(_goal: Goal, asked: Asked) -> None:
        at_work = _AT_WORK.get(None)
        if at_work is not None:
            digest, call = at_work.goal.digest, call_model(asked)
            at_work.hear(Called(digest=digest, attempt=at_work.attempt, bench=at_work.bench, call=call))

    async with open_pool(plan.choice, size=size) as pool, open_desk(plan.asking, pool, heard) as desk:
        yield Bench(plan, pool, desk, name)


class _Watch:
    """Tells how far the attempt at hand is, about once a second."""

    def __init__(self, work: Work, worker: str, hear: Hearing) -> None:
        self._budget, self._worker, self._hear = work.budget.seconds, worker, hear

    def begin(self, goal: Goal, attempt: str) -> None:
        self._goal, self._attempt = goal, attempt
        self._began = self._told = time.monotonic()
        self._candidates = 0
        self._tell(1, (), "")

    def see(self, graph: ProofGraph, _tried: Tried) -> None:
        self._candidates += 1
        if time.monotonic() - self._told >= _PULSE_SECONDS:
            self._told = time.monotonic()
            self._tell(len(graph.goals), *best_path(graph))

    def _tell(self, goals: int, path: tuple[str, ...], target: str) -> None:
        self._hear(
            Pulse(
                digest=self._goal.digest,
                attempt=self._attempt,
                name=self._goal.name,
                worker=self._worker,
                seconds=round(time.monotonic() - self._began, 1),
                budget_seconds=self._budget,
                candidates=self._candidates,
                goals=goals,
                path=path,
                target=target,
            )
        )
