"""Several workers, each with a bench of its own in another process: who is least busy gets the next attempt.

A worker that is lost is replaced; what it worked on is the caller's business, who has the journal.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import Protocol

import anyio
from anyio.abc import TaskGroup

from proofagent.errors import EngineLost, ProofAgentError, WorkerLost
from proofagent.llm.ledger import Limit
from proofagent.runs.executors.purse import Purse
from proofagent.runs.journal import Called, Charged
from proofagent.runs.work import Health, Heard, Hearing, Work

_MOST_FAILED_STARTS = 3
"""In a row, after which nobody waits for a worker where there is none."""
_MOST_PAUSE_SECONDS = 60.0


class Worker(Protocol):
    """A process with a bench."""

    @property
    def name(self) -> str: ...

    @property
    def health(self) -> Health | None:
        """As it said last."""
        ...

    @property
    def gone(self) -> bool:
        """Whether it is known to be lost."""
        ...

    async def attempt(self, work: Work, hear: Hearing) -> None:
        """As `Executor.attempt`, for as many callers as the bench has engines."""
        ...

    async def aclose(self) -> None:
        """End it and all that it started."""
        ...


Start = Callable[[str, Limit], Awaitable[Worker]]
"""Makes a worker, of a name that no other one has had, that may spend so much."""


class Crew:
    """An executor of `workers` workers that share `jobs`."""

    def __init__(self, start: Start, *, limit: Limit, workers: int, jobs: int, group: TaskGroup) -> None:
        self._purse = Purse(limit, workers)
        self.jobs = jobs
        self._start, self._wanted, self._each, self._group = start, workers, ceil(jobs / workers), group
        self._load: dict[Worker, int] = {}
        self._changed = anyio.Event()
        self._started = 0
        self._failed = 0
        self._failure: ProofAgentError | None = None

    async def attempt(self, work: Work, hear: Hearing) -> None:
        worker = await self._free()
        self._load[worker] += 1

        def heard(said: Heard) -> None:
            if isinstance(said, Called):
                self._purse.called(worker.name, said.call.cost)
            elif isinstance(said, Charged):
                self._purse.charged(worker.name, said.cost)
            hear(said)

        try:
            await worker.attempt(work, heard)
        except WorkerLost:
            self._dismiss(worker)
            raise
        finally:
            if worker in self._load:
                self._load[worker] -= 1
            self._tell()

    def health(self) -> Sequence[Health]:
        return tuple(worker.health for worker in self._load if worker.health is not None)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Those that are open now."""
        return tuple(self._load)

    def begin(self) -> None:
        for _ in range(self._wanted):
            self._group.start_soon(self._hire)

    async def aclose(self) -> None:
        async with anyio.create_task_group() as group:
            for worker in tuple(self._load):
                group.start_soon(worker.aclose)
        self._load.clear()

    async def _free(self) -> Worker:
        """The worker that has least to do, as soon as one has an engine that is free."""
        while True:
            for lost in [each for each in self._load if each.gone]:
                self._dismiss(lost)
            worker = min(self._load, key=lambda each: self._load[each], default=None)
            if worker is not None and self._load[worker] < self._each:
                return worker
            if worker is None and self._failed >= _MOST_FAILED_STARTS:
                raise self._cannot_start()
            await self._changed.wait()

    def _cannot_start(self) -> ProofAgentError:
        """What is wrong where no worker is there and none can be had; never that one was lost, which is tried again."""
        failure = self._failure
        if isinstance(failure, WorkerLost) or failure is None:
            return EngineLost(f"no worker can be started: {failure}", detail=failure.detail if failure else "")
        return failure

    def _dismiss(self, worker: Worker) -> None:
        """A lost worker goes, once, and another one comes."""
        if self._load.pop(worker, None) is not None:
            self._purse.gone(worker.name)
            self._group.start_soon(worker.aclose)
            self._group.start_soon(self._hire)

    async def _hire(self) -> None:
        """Start a worker; where that fails again and again and there is no other, whoever waits for one is told."""
        while self._failed < _MOST_FAILED_STARTS or self._load:
            if self._failed:
                await anyio.sleep(min(_MOST_PAUSE_SECONDS, 2.0**self._failed))
            self._started += 1
            name = f"w{self._started}"
            try:
                worker = await self._start(name, self._purse.part(name))
            except ProofAgentError as error:
                self._purse.gone(name)
                self._failed += 1
                self._failure = error
                if not isinstance(error, EngineLost | WorkerLost):
                    self._failed = max(self._failed, _MOST_FAILED_STARTS)  # another try would end the same way
                self._tell()
            else:
                self._failed, self._failure = 0, None
                self._load[worker] = 0
                break
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()


@asynccontextmanager
async def open_crew(start: Start, *, limit: Limit, workers: int, jobs: int) -> AsyncIterator[Crew]:
    """A crew whose workers are being started; they are ended with it, whatever happens.

    All of them together spend `limit` at most.
    """
    async with anyio.create_task_group() as group:
        crew = Crew(start, limit=limit, workers=workers, jobs=jobs, group=group)
        crew.begin()
        try:
            yield crew
        finally:
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await crew.aclose()
