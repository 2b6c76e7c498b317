"""Attempts in processes of their own, each with several engines: where one process of Python has no time for all."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from math import ceil

import anyio
from anyio.abc import Process, TaskGroup
from anyio.streams.memory import MemoryObjectSendStream

from proofagent.errors import WorkerLost
from proofagent.lean.child import kill_group, open_process
from proofagent.lean.stream import Stream, Tail
from proofagent.llm.ledger import Limit
from proofagent.runs.bench import Plan
from proofagent.runs.executors.crew import Crew, Worker, open_crew
from proofagent.runs.executors.frames import Begin, Cancel, Failed, Frame, Frames, Open, Over, Said
from proofagent.runs.work import Health, Hearing, Work

_START_SECONDS = 120.0
_CANCEL_SECONDS = 10.0
"""How long a worker may take to say what it had found."""
_EXIT_SECONDS = 10.0
_SILENCE_SECONDS = 120.0
"""It says every second how it is."""

_News = Said | Over | Failed


class ProcessWorker:
    """A worker process, as its batch sees it."""

    def __init__(self, name: str, process: Process, frames: Frames, tail: Tail) -> None:
        self.name = name
        self.health: Health | None = None
        self._process, self._frames, self._tail = process, frames, tail
        self._at_work: dict[int, MemoryObjectSendStream[_News]] = {}
        self._number = 0
        self._ready = anyio.Event()
        self._gone = False
        self._refused: Failed | None = None

    @classmethod
    async def start(cls, plan: Plan, engines: int, name: str, group: TaskGroup) -> "ProcessWorker":
        """Start one and wait until its bench is open. Raises `WorkerLost`, and what `open_bench` raised there."""
        worker = await _spawned(name)
        group.start_soon(worker.receive)
        try:
            await worker.open(plan, engines)
        except BaseException:
            await worker.aclose()
            raise
        return worker

    async def open(self, plan: Plan, engines: int) -> None:
        """Open its bench; raises as `start`."""
        try:
            with anyio.fail_after(_START_SECONDS):
                await self._frames.send(Open(plan, engines, self.name))
                await self._ready.wait()
        except TimeoutError:
            raise self._lost(f"did not start within {_START_SECONDS:g} s") from None
        if self._refused is not None:
            raise self._refused.error
        if self._gone:
            raise self._lost("did not start")

    @property
    def gone(self) -> bool:
        return self._gone

    async def attempt(self, work: Work, hear: Hearing) -> None:
        if self._gone:
            raise self._lost("is gone")
        self._number += 1
        number = self._number
        sender, news = anyio.create_memory_object_stream[_News](float("inf"))
        self._at_work[number] = sender
        over = False
        try:
            await self._frames.send(Begin(number, work))
            async for said in news:
                if isinstance(said, Said):
                    hear(said.heard)
                    continue
                over = True
                if isinstance(said, Failed):
                    raise said.error
                return
            over = True
            raise self._lost("died")
        finally:
            if not over and not self._gone:
                with anyio.move_on_after(_CANCEL_SECONDS, shield=True), suppress(WorkerLost):
                    await self._frames.send(Cancel(number))
                    async for said in news:
                        if not isinstance(said, Said):
                            break
                        hear(said.heard)
            self._at_work.pop(number, None)
            sender.close()
            news.close()

    async def aclose(self) -> None:
        """Close the socket, which ends it, and kill what does not end."""
        self._frames.close()
        with anyio.CancelScope(shield=True):
            with anyio.move_on_after(_EXIT_SECONDS):
                await self._process.wait()
            kill_group(self._process.pid)
            await self._process.wait()
            await anyio.to_thread.run_sync(self._tail.join)

    async def receive(self) -> None:
        """Hand what comes to whom it concerns, until the process is gone."""
        with suppress(WorkerLost, anyio.ClosedResourceError):
            while (frame := await self._next()) is not None:
                if isinstance(frame, Said) and frame.number is None:
                    if isinstance(frame.heard, Health):
                        self.health = frame.heard
                        self._ready.set()
                elif isinstance(frame, Failed) and frame.number is None:
                    self._refused = frame
                    break
                elif isinstance(frame, Said | Over | Failed) and frame.number in self._at_work:
                    self._at_work[frame.number].send_nowait(frame)
        self._gone = True
        self._ready.set()
        for sender in tuple(self._at_work.values()):
            sender.close()

    async def _next(self) -> Frame | None:
        """The next frame; None where there are no more, or none came for so long that the process must be stuck."""
        limit = _SILENCE_SECONDS if self._ready.is_set() else None
        with anyio.move_on_after(limit):
            return await self._frames.receive()
        return None

    def _lost(self, how: str) -> WorkerLost:
        return WorkerLost(f"worker {self.name} {how}", detail=self._tail.text())


async def _spawned(name: str) -> ProcessWorker:
    try:
        with ExitStack() as ours_if_failed, ExitStack() as of_the_child:
            ours, theirs = socket.socketpair()
            ours_if_failed.callback(ours.close)
            of_the_child.callback(theirs.close)
            reader, writer = os.pipe()
            ours_if_failed.callback(os.close, reader)
            of_the_child.callback(os.close, writer)
            process = await open_process(
                [sys.executable, "-m", "proofagent.runs.executors.worker", str(theirs.fileno())],
                environment=os.environ,
                given=subprocess.DEVNULL,
                output=writer,
                errors=writer,
                pass_fds=(theirs.fileno(),),
            )
            ours_if_failed.pop_all()
    except OSError as error:
        raise WorkerLost(f"a worker cannot be started: {error.strerror or error}") from error
    return ProcessWorker(name, process, Frames(Stream(ours)), Tail(os.fdopen(reader, "rb")))


@asynccontextmanager
async def open_processes(plan: Plan, *, jobs: int, workers: int) -> AsyncIterator[Crew]:
    """An executor of `workers` processes that share `jobs`; one that dies is replaced."""
    each = ceil(jobs / workers)
    async with anyio.create_task_group() as group:

        async def start(name: str, limit: Limit) -> Worker:
            return await ProcessWorker.start(plan.within(limit), each, name, group)

        async with open_crew(start, limit=plan.asking.limit, workers=workers, jobs=jobs) as crew:
            yield crew
        group.cancel_scope.cancel()
