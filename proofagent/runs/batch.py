"""Many goals, several at a time, in rounds of doubling budgets, with everything that happens in a journal.

A first round gives every goal little time, and each further one twice as much to those that are open: what is easy is
found first, and no goal has more than the others of its round. What a journal knows already is not done again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

import anyio

from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine
from proofagent.propose.asker import Asked
from proofagent.runs.calls import call_model
from proofagent.runs.journal import Bad, Began, Called, Ended, Event, Journal, Stopped, goal_event
from proofagent.runs.progress import Progress
from proofagent.runs.session import Session
from proofagent.types import Budget

_AT_WORK: ContextVar[str] = ContextVar("goal", default="")
"""The goal that a task works on, and whatever it starts."""


def rounds(budget: Budget, first: float) -> list[Budget]:
    """`first` seconds, doubled until `budget` is reached, which is the last; candidates in proportion, at least 50."""
    found = [budget]
    while found[0].seconds / 2 >= first:
        half = replace(found[0], seconds=found[0].seconds / 2, candidates=max(50, found[0].candidates // 2))
        found.insert(0, half)
    return found


@dataclass(slots=True)
class Batch:
    """A run over goals; `goals` is read anew for each round. Raises nothing of a goal's; `JournalError` ends it all."""

    journal: Journal
    goals: Callable[[], Iterable[Goal | BadLine]]
    session: Callable[[Budget], Session]
    """Makes what proves one goal."""

    budgets: Sequence[Budget]
    jobs: int = 1
    seconds: float | None = None
    """The most that the run may take, attempts that are cut off included."""

    progress: Progress = field(default_factory=Progress)
    changed: Callable[[Event], None] = lambda _event: None
    """Hears of every event, after it was written."""

    stopping: bool = False
    """Set from outside: what runs comes to its end, and nothing more is begun."""

    _running: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Work until every goal is settled or had the last budget, or the time is up, or `stopping` is set."""
        with anyio.move_on_after(self.seconds) as limit:
            for budget in self.budgets:
                waiting = self._waiting(budget)
                async with anyio.create_task_group() as group:
                    for _ in range(self.jobs):
                        group.start_soon(self._work, waiting, budget)
        if limit.cancelled_caught:
            self._note(Stopped(why="out-of-time"))
        else:
            self._note(Stopped(why="interrupted" if self.stopping else "done"))

    def heard(self, _goal: Goal, asked: Asked) -> None:
        """Note a call of a model, which was paid for."""
        self._note(Called(digest=_AT_WORK.get(), call=call_model(asked)))

    async def _work(self, waiting: Iterator[Goal], budget: Budget) -> None:
        for goal in waiting:
            await self._one(goal, budget)

    def _waiting(self, budget: Budget) -> Iterator[Goal]:
        """The goals that are to be tried with `budget`, each once; what is no goal is noted."""
        for goal in self.goals():
            if self.stopping:
                return
            if isinstance(goal, BadLine):
                if (goal.line, goal.message) not in self.progress.bad:
                    self._note(Bad(line=goal.line, message=goal.message))
                continue
            standing = self.progress.standings.get(goal.digest)
            if standing is None or not standing.name:
                self._note(goal_event(goal))
            elif standing.settled or standing.tried >= budget.seconds:
                continue
            if goal.digest not in self._running:
                yield goal

    async def _one(self, goal: Goal, budget: Budget) -> None:
        digest = goal.digest
        self._running.add(digest)
        _AT_WORK.set(digest)
        self._note(Began(digest=digest, seconds=budget.seconds))
        session = self.session(budget)
        try:
            await session.run([goal])
        finally:
            # Whoever is cancelled may have found a proof before.
            for result in session.results:
                self._note(Ended(digest=digest, seconds=budget.seconds, result=result.model_copy(update={"calls": ()})))
            self._running.discard(digest)

    def _note(self, event: Event) -> None:
        self.journal.write(event)
        self.progress.see(event)
        self.changed(event)
