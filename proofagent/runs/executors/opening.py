"""From what a user says about where to work to an executor that is open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from proofagent.lean.machine import cores_here, memory_here
from proofagent.runs.bench import Plan
from proofagent.runs.executors.cluster import open_cluster
from proofagent.runs.executors.executor import Executor
from proofagent.runs.executors.local import open_local
from proofagent.runs.executors.processes import open_processes
from proofagent.runs.executors.sizes import jobs_here, processes_for


@dataclass(frozen=True, slots=True)
class Where:
    """How many attempts at a time, in how many processes, and where; None is for us to say."""

    jobs: int | None = None
    processes: int | None = None
    ray: str | None = None
    """The address of a Ray cluster."""


@asynccontextmanager
async def open_executor(plan: Plan, where: Where) -> AsyncIterator[Executor]:
    """An executor. Raises `ConfigError` where there is no such cluster, and as `open_bench`."""
    if where.ray is not None:
        async with open_cluster(plan, address=where.ray, jobs=where.jobs, workers=where.processes) as cluster:
            yield cluster
        return
    jobs = where.jobs or jobs_here(cores_here(), memory_here())
    processes = min(jobs, where.processes or processes_for(jobs))
    if processes == 1:
        async with open_local(plan, jobs) as local:
            yield local
        return
    async with open_processes(plan, jobs=jobs, workers=processes) as crew:
        yield crew
