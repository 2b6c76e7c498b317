"""Attempts in this process, each with an engine of its own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from proofagent.runs.bench import Bench, Plan, open_bench
from proofagent.runs.work import Health, Hearing, Work


class Local:
    """An executor of one bench."""

    def __init__(self, bench: Bench, jobs: int) -> None:
        self._bench, self.jobs = bench, jobs

    async def attempt(self, work: Work, hear: Hearing) -> None:
        await self._bench.attempt(work, hear)

    def health(self) -> Sequence[Health]:
        return (self._bench.health(),)


@asynccontextmanager
async def open_local(plan: Plan, jobs: int) -> AsyncIterator[Local]:
    """An executor in this process. Raises as `open_bench` does."""
    async with open_bench(plan, jobs, "here") as bench:
        yield Local(bench, jobs)
