"""Many goals, several at a time, in rounds of doubling budgets, with everything that happens in a journal.

A first round gives every goal little time, and each further one twice as much to those that are open: what is easy is
found first, and no goal has more than the others of its round (restarts that double, as in Luby, Sinclair and
Zuckerman, "Optimal speedup of Las Vegas algorithms", 1993). What a journal knows already is not done again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import anyio

from proofagent.errors import WorkerLost
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine
from proofagent.runs.executors.executor import Executor
from proofagent.runs.journal import Bad, Began, Called, Charged, Ended, Event, Journal, Lost, Stopped, goal_event
from proofagent.runs.live import Live, Pulses
from proofagent.runs.progress import Progress
from proofagent.runs.results import undecided
from proofagent.runs.session import declaration
from proofagent.runs.work import Heard, Work
from proofagent.types import Budget

_LEAST_CANDIDATES = 50
_MOST_LOSSES = 3
"""Workers that one try of a goal may cost: what kills them may be the goal itself."""


def rounds(budget: Budget, first: float) -> list[Budget]:
    """`first` seconds, doubled until `budget` is reached, the last; candidates in proportion, a few at least."""
    found = [budget]
    while found[0].seconds / 2 >= first:
        candidates = max(_LEAST_CANDIDATES, found[0].candidates // 2)
        half = replace(found[0], seconds=found[0].seconds / 2, candidates=candidates)
        found.insert(0, half)
    return found


@dataclass(slots=True)
class Batch:
    """A run over goals; `goals` is read anew for each round. Raises nothing of a goal's; `JournalError` ends it all."""

    journal: Journal
    goals: Callable[[], Iterable[Goal | BadLine]]
    executor: Executor
    budgets: Sequence[Budget]
    seconds: float | None = None
    """The most that the run may take, attempts that are cut off included."""

    candidates: int | None = None
    """The most that all attempts together may try, those of earlier processes included."""

    progress: Progress = field(default_factory=Progress)
    changed: Callable[[Event], None] = lambda _event: None
    """Hears of every event, after it was written."""

    stopping: bool = False
    """Set from outside: what runs comes to its end, and nothing more is begun."""

    pulses: Pulses = field(default_factory=Pulses)
    total: int = 0
    """Goals of the source, once somebody has counted them."""

    _promised: int = 0
    """Candidates that attempts which run may yet try."""

    _returned: anyio.Event = field(default_factory=anyio.Event)
    """Set, and renewed, when some of these come back."""

    _out_of_candidates: bool = False
    _paid: anyio.Event = field(default_factory=anyio.Event)
    _round: int = 0
    _seen: int = 0
    _running: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Work until every goal is settled or had the last budget, or the time is up, or `stopping` is set."""
        with anyio.move_on_after(self.seconds) as limit:
            for budget in self.budgets:
                self._round, self._seen = self._round + 1, 0
                await self._play(self._waiting(budget), budget)
        if limit.cancelled_caught:
            self._note(Stopped(why="out-of-time"))
        elif self._out_of_candidates:
            self._note(Stopped(why="out-of-candidates"))
        else:
            self._note(Stopped(why="interrupted" if self.stopping else "done"))
        await self.journal.synced()

    def live(self, at: float, pid: int) -> Live:
        """What it is at, for whoever watches."""
        return Live(
            at=at,
            pid=pid,
            round=max(1, self._round),
            rounds=len(self.budgets),
            total=self.total,
            seen=max(0, self._seen - len(self._running)),
            at_work=len(self._running),
            pulses=self.pulses.shown(),
            workers=tuple(self.executor.health()),
        )

    async def _play(self, waiting: Iterator[Sequence[Goal]], budget: Budget) -> None:
        """One round."""
        async with anyio.create_task_group() as keeping:
            keeping.start_soon(self._keep)
            async with anyio.create_task_group() as group:
                for _ in range(self.executor.jobs):
                    group.start_soon(self._work, waiting, budget)
            keeping.cancel_scope.cancel()

    async def _keep(self) -> None:
        """Bring what was written to the disk, calls of models in the middle of an attempt, too."""
        while True:
            await self._paid.wait()
            self._paid = anyio.Event()
            await self.journal.synced()

    async def _work(self, waiting: Iterator[Sequence[Goal]], budget: Budget) -> None:
        for goals in waiting:
            digests = {goal.digest for goal in goals}
            while (share := self._share(budget, len(goals))) is None and self._promised:
                await self._returned.wait()  # those that run may leave some over
            if share is None:
                self._out_of_candidates = True
                return
            promised = share.candidates * len(goals)
            self._promised += promised
            self._running |= digests
            try:
                await self._try(goals, share)
                await self.journal.synced()
            finally:
                self._promised -= promised
                self._returned.set()
                self._returned = anyio.Event()
                self._running -= digests

    def _share(self, budget: Budget, goals: int) -> Budget | None:
        """`budget`, with no more candidates than a fair share of those that are left; None where none are."""
        if self.candidates is None:
            return budget
        left = self.candidates - self.progress.candidates - self._promised
        share = min(left, max(_LEAST_CANDIDATES * goals, left // self.executor.jobs)) // goals
        return replace(budget, candidates=min(budget.candidates, share)) if share > 0 else None

    def _waiting(self, budget: Budget) -> Iterator[Sequence[Goal]]:
        """The goals that are to be tried with `budget`, each once, holes of one declaration together.

        What is no goal is noted.
        """
        for goals in self._declarations():
            if self.stopping:
                return
            for goal in goals:
                standing = self.progress.standings.get(goal.digest)
                if standing is None or not standing.name:
                    self._note(goal_event(goal))
            open_ = any(self._open(goal, budget, alone=len(goals) == 1) for goal in goals)
            self._seen += len(goals)
            if open_ and not any(goal.digest in self._running for goal in goals):
                yield goals

    def _declarations(self) -> Iterator[Sequence[Goal]]:
        """The goals of the source, those of one declaration together and none of them twice."""
        for key, found in groupby(self.goals(), key=_declaration):
            if key is None:
                for bad in found:
                    if isinstance(bad, BadLine) and (bad.line, bad.message) not in self.progress.bad:
                        self._note(Bad(line=bad.line, message=bad.message))
            else:
                yield tuple({goal.digest: goal for goal in found if isinstance(goal, Goal)}.values())

    def _open(self, goal: Goal, budget: Budget, *, alone: bool) -> bool:
        """Whether the goal is to be tried with `budget`. A proof that waits for other holes is no end of it."""
        standing = self.progress.standings[goal.digest]
        settled = standing.settled and (alone or standing.outcome != "partial")
        return not settled and standing.tried < budget.seconds

    async def _try(self, goals: Sequence[Goal], budget: Budget) -> None:
        """Make an attempt, and another one where its worker is lost."""
        for _ in range(_MOST_LOSSES):
            work = Work.on(goals, budget)
            over = set[str]()
            for goal, attempt in zip(goals, work.attempts, strict=True):
                self._note(Began(digest=goal.digest, seconds=budget.seconds, attempt=attempt))
            try:
                await self.executor.attempt(work, lambda heard, over=over: self._hear(heard, over))  # type: ignore[misc]
            except WorkerLost as error:
                self._lose(work, over, str(error))
            else:
                if over >= {goal.digest for goal in goals}:
                    return
                self._lose(work, over, "its worker said nothing of its end")
            finally:
                self.pulses.forget(work.attempts)
        for goal in goals:
            if goal.digest not in over:
                self._give_up(goal, budget)

    def _hear(self, heard: Heard, over: set[str]) -> None:
        self.pulses.hear(heard)
        if isinstance(heard, Called | Charged | Ended):
            self._note(heard)
        if isinstance(heard, Called | Charged):
            self._paid.set()
        if isinstance(heard, Ended):
            over.add(heard.digest)

    def _lose(self, work: Work, over: set[str], why: str) -> None:
        for goal, attempt in zip(work.goals, work.attempts, strict=True):
            if goal.digest not in over:
                self._note(Lost(digest=goal.digest, attempt=attempt, why=why))

    def _give_up(self, goal: Goal, budget: Budget) -> None:
        why = f"{_MOST_LOSSES} workers were lost over it, one after the other"
        self._note(Ended(digest=goal.digest, seconds=budget.seconds, result=undecided(goal, why)))

    def _note(self, event: Event) -> None:
        self.journal.write(event, durable=False)
        self.progress.see(event)
        self.changed(event)


def _declaration(goal: Goal | BadLine) -> tuple[str, str, int, str] | None:
    """What holes of one declaration have in common; None for what is no goal."""
    if isinstance(goal, BadLine):
        return None
    # Goals that are from no Lean file are declarations of their own.
    return (*declaration(goal), "" if goal.position is not None else goal.digest)
