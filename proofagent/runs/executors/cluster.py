"""Attempts on the machines of a Ray cluster: an actor with a bench for each worker.

Nothing is tried again by Ray itself: whoever loses a worker is told, and the journal decides. So no attempt runs twice
under one name, and no call is paid for twice in the books.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from math import ceil
from typing import TYPE_CHECKING, Any

import anyio

from proofagent.errors import ConfigError, EngineLost, ProofAgentError, WorkerLost, first_of
from proofagent.llm.ledger import Limit
from proofagent.runs.bench import Bench, Plan, open_bench
from proofagent.runs.executors.crew import Crew, Worker, open_crew
from proofagent.runs.executors.sizes import processes_for
from proofagent.runs.work import Health, Heard, Hearing, Work

if TYPE_CHECKING:
    from ray.actor import ActorHandle

_START_SECONDS = 180.0
_CANCEL_SECONDS = 10.0
_HEALTH_SECONDS = 1.0
_REACH_SECONDS = 10.0
_SILENCE_SECONDS = 120.0
_MOST_PORT = 65_535
_MISSING = 'Ray is not installed; `pip install "proofagent[cluster]"` brings it'


class BenchActor:
    """Runs in a process of the cluster, as a Ray actor."""

    def __init__(self, plan: Plan, engines: int, name: str) -> None:
        self._plan, self._engines, self._name = plan, engines, name
        self._bench: Bench | None = None
        self._opened = asyncio.Event()
        self._end = asyncio.Event()
        self._error: ProofAgentError | None = None
        self._scopes: dict[str, anyio.CancelScope] = {}
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> ProofAgentError | None:
        """Open the bench; what went wrong, if it did."""
        # A pool is closed by the task that opened it, and every call of an actor is a task of its own.
        self._serving = asyncio.create_task(self._serve())
        await self._opened.wait()
        if self._bench is None and self._error is None:
            await self._serving  # what nobody foresaw is raised
        return self._error

    async def attempt(self, work: Work) -> AsyncIterator[Heard | ProofAgentError]:
        """What is heard of the attempt, as it happens; an error is the last of it."""
        assert self._bench is not None
        said: asyncio.Queue[Heard | ProofAgentError | None] = asyncio.Queue()
        task = asyncio.create_task(self._attempt(self._bench, work, said))
        while (heard := await said.get()) is not None:
            yield heard
        await task

    async def stop(self, attempt: str) -> None:
        """End an attempt, with what it has."""
        if attempt in self._scopes:
            self._scopes[attempt].cancel()

    async def health(self) -> Health | None:
        return None if self._bench is None else self._bench.health()

    async def close(self) -> None:
        """End all engines."""
        self._end.set()
        if self._serving is not None:
            await self._serving

    async def _serve(self) -> None:
        try:
            async with open_bench(self._plan, self._engines, self._name) as bench:
                self._bench = bench
                self._opened.set()
                await self._end.wait()
        except* ProofAgentError as errors:
            error = first_of(errors)
            assert isinstance(error, ProofAgentError)
            self._error = error
        finally:
            self._opened.set()

    async def _attempt(self, bench: Bench, work: Work, said: "asyncio.Queue[Heard | ProofAgentError | None]") -> None:
        scope = self._scopes[work.attempts[0]] = anyio.CancelScope()
        try:
            with scope:
                await bench.attempt(work, said.put_nowait)
        except ProofAgentError as error:
            said.put_nowait(error)
        except Exception as error:  # noqa: BLE001  whatever it is, the others' attempts go on
            said.put_nowait(EngineLost(f"{type(error).__name__}: {error}"))
        finally:
            del self._scopes[work.attempts[0]]
            said.put_nowait(None)


class RayWorker:
    """An actor, as its batch sees it."""

    def __init__(self, name: str, actor: "ActorHandle[Any]") -> None:
        self.name = name
        self.health: Health | None = None
        self.gone = False
        self._actor = actor

    async def open(self) -> None:
        """Wait until it is placed on a machine and its bench is open. Raises as `open_bench`, and `WorkerLost`."""
        try:
            with anyio.fail_after(_START_SECONDS):
                error = await self._asked(self._actor.open.remote())
                if error is None:
                    await self.look()
        except TimeoutError:
            raise WorkerLost(
                f"worker {self.name}: the cluster has had no place for it in {_START_SECONDS:g} s"
            ) from None
        if error is not None:
            raise error

    async def attempt(self, work: Work, hear: Hearing) -> None:
        news: Any = self._actor.attempt.options(num_returns="streaming").remote(work)
        over, waited = False, None
        try:
            async for waited in news:
                heard = await self._asked(waited)
                waited = None  # noqa: PLW2901
                self._take(heard, hear)
            over = True
        except ProofAgentError:
            over = True
            raise
        except Exception as error:
            over = self.gone = True
            raise self._lost(error) from error
        finally:
            if not over:
                with anyio.move_on_after(_CANCEL_SECONDS, shield=True), suppress(Exception):
                    await self._asked(self._actor.stop.remote(work.attempts[0]))
                    if waited is not None:
                        self._take(await self._asked(waited), hear)
                    async for reference in news:
                        self._take(await self._asked(reference), hear)

    async def look(self) -> None:
        """Ask how it is; who does not answer for long is gone."""
        try:
            with anyio.fail_after(_SILENCE_SECONDS):
                self.health = await self._asked(self._actor.health.remote())
        except (WorkerLost, TimeoutError):
            self.gone = True

    async def aclose(self) -> None:
        import ray  # noqa: PLC0415  an extra, and heavy

        with anyio.CancelScope(shield=True), suppress(Exception):
            with anyio.move_on_after(_CANCEL_SECONDS):
                await self._asked(self._actor.close.remote())
            ray.kill(self._actor)

    async def _asked(self, reference: Any) -> Any:
        """What an actor answers. Raises `WorkerLost` where it is gone."""
        try:
            return await reference
        except ProofAgentError:
            raise
        except Exception as error:
            raise self._lost(error) from error

    def _take(self, heard: Heard | ProofAgentError, hear: Hearing) -> None:
        if isinstance(heard, ProofAgentError):
            raise heard
        hear(heard)

    def _lost(self, error: Exception) -> WorkerLost:
        return WorkerLost(f"worker {self.name} is gone: {type(error).__name__}", detail=str(error)[:2000])


@asynccontextmanager
async def open_cluster(plan: Plan, *, address: str, jobs: int | None, workers: int | None) -> AsyncIterator[Crew]:
    """An executor of `workers` actors on the Ray cluster at `address` that share `jobs`; one that dies is replaced.

    Every machine needs this version of the package, and the engine of the plan. Raises `ConfigError` where Ray or the
    cluster cannot be had.
    """
    try:
        import ray  # noqa: PLC0415  an extra, and heavy
    except ImportError:
        raise ConfigError(_MISSING) from None
    await _demand_reachable(address)
    try:
        # What a worker prints is no part of what the batch says.
        ray.init(
            address=address, log_to_driver=False, logging_level=logging.ERROR, namespace=f"proofagent-{os.getpid()}"
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise _no_cluster(address, error) from error
    cluster: Any = ray
    made: Any = cluster.remote(BenchActor)
    jobs = jobs or max(1, int(cluster.cluster_resources().get("CPU", 1)))
    # An actor has to find room on one machine.
    room = min((int(node["Resources"].get("CPU", 1)) for node in cluster.nodes() if node["Alive"]), default=1)
    workers = min(jobs, max(workers or processes_for(jobs), ceil(jobs / max(1, room))))
    each = ceil(jobs / workers)

    async def start(name: str, limit: Limit) -> Worker:
        # A core for each engine; an attempt, its end and a look at its health at a time each.
        options = {"num_cpus": each, "max_restarts": 0, "max_task_retries": 0, "max_concurrency": 2 * each + 4}
        worker = RayWorker(name, made.options(**options).remote(plan.within(limit), each, name))
        try:
            await worker.open()
        except BaseException:
            await worker.aclose()
            raise
        return worker

    try:
        async with (
            anyio.create_task_group() as group,
            open_crew(start, limit=plan.asking.limit, workers=workers, jobs=jobs) as crew,
        ):
            group.start_soon(_looking, crew)
            yield crew
            group.cancel_scope.cancel()
    finally:
        await anyio.to_thread.run_sync(ray.shutdown)


async def _demand_reachable(address: str) -> None:
    """Raise `ConfigError` where nobody listens at `address`, for which Ray itself would wait for minutes."""
    if address in ("auto", "local"):
        return
    host, _, port = address.rpartition(":")
    if "/" in address or not host or not port.isdecimal() or int(port) > _MOST_PORT:
        raise ConfigError(f"--ray takes `auto` or the HOST:PORT of a cluster's head, not {address!r}")
    try:
        with anyio.fail_after(_REACH_SECONDS):
            await (await anyio.connect_tcp(host.strip("[]"), int(port))).aclose()
    except (OSError, TimeoutError) as error:
        raise _no_cluster(address, error) from error


def _no_cluster(address: str, error: Exception) -> ConfigError:
    said = str(error).partition("\n")[0] or type(error).__name__
    return ConfigError(f"there is no Ray cluster at {address!r}: {said}; `ray start --head` begins one")


async def _looking(crew: Crew) -> None:
    while True:
        async with anyio.create_task_group() as group:
            for worker in crew.workers:
                if isinstance(worker, RayWorker) and not worker.gone:
                    group.start_soon(_look, worker)
        await anyio.sleep(_HEALTH_SECONDS)


async def _look(worker: RayWorker) -> None:
    await worker.look()
    if worker.gone:
        await worker.aclose()  # whoever waits for it hears of that
