"""Several engines behind one door, with spares that are warm before they are needed.

An engine that timed out, died or grew too large is replaced by a spare; a new spare starts in the background, so
the next request does not wait for a cold start. `fresh` hands out engines that have seen `WARM_UP` at most.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup

from proofagent import telemetry
from proofagent.errors import EngineLost, ProofAgentError
from proofagent.lean.engine import Elaboration, Engine, Header, Identity

_START_TRIES = 3

WARM_UP = "example (a b : Nat) (h : a < b) : ¬b ≤ a := by\n  omega\n"
"""What a spare elaborates before it is needed: the code that it runs through is compiled by then; the text is ours."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When an engine is replaced, and how long things may take."""

    heap_bytes: int = 1_200 << 20
    """Of 2 GB that WebAssembly can address."""

    prepare_seconds: float = 60.0


@dataclass(slots=True)
class PoolStats:
    """What happened so far: for `--json`, benchmarks and tests."""

    started: int = 0
    replaced: int = 0
    bodies: int = 0
    lean_seconds: float = 0.0


class Pool:
    """Up to `size` engines at work, `spares` that wait, and those that `size` callers of `fresh` have borrowed.

    An async context manager; nothing is left running after it.
    """

    def __init__(
        self,
        start: Callable[[], Awaitable[Engine]],
        *,
        size: int = 1,
        limits: Limits | None = None,
        spares: int = 2,
        start_fresh: Callable[[], Awaitable[Engine]] | None = None,
    ) -> None:
        """`start_fresh` makes the engines of `fresh`, where these are others; they are never spares then."""
        self.embedded = start_fresh is None
        """Whether its engines bring their own library."""
        self._start = start
        self._start_fresh = start_fresh
        self._limits = limits or Limits()
        self._slots = anyio.Semaphore(size)
        self._fresh_slots = anyio.Semaphore(size)
        self._idle: deque[Engine] = deque()
        self._all: set[Engine] = set()
        self._imported: dict[Engine, set[tuple[str, ...]]] = {}
        """What each engine has been borrowed for."""
        self._spares_wanted = spares
        self._spares: deque[Engine] = deque()
        self._spare_changed = anyio.Event()
        self._spare_starting = False
        self._waiting = 0
        """Callers that wait for a spare: theirs is not warmed up first."""
        self._cold = True
        self._spare_header: Header | None = None
        self._group: TaskGroup | None = None
        self.size = size
        self.stats = PoolStats()

    async def __aenter__(self) -> Self:
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        group.cancel_scope.cancel()
        try:
            # The group would wrap `error` in a group of exceptions; it goes on as it is.
            await group.__aexit__(None, None, None)
        finally:
            for engine in tuple(self._all):
                await self._retire(engine)

    def warm(self, header: Header) -> None:
        """Start in the background what `header` will need: a spare with its imports done."""
        self._spare_header = Header(header.imports)
        self._refill()

    async def elaborate(self, header: Header, body: str, *, deadline: float) -> Elaboration:
        """As `Engine.elaborate`, on any engine; a lost engine is replaced and the body's outcome says so."""
        with telemetry.span("lean.elaborate", "debug", deadline=deadline) as span:
            async with self.engine(header) as engine:
                outcome = await engine.elaborate(header, body, deadline=deadline)
                self.stats.bodies += 1
                self.stats.lean_seconds += outcome.seconds
                span.set(status=outcome.status, lean_seconds=outcome.seconds, messages=len(outcome.messages))
                return outcome

    @asynccontextmanager
    async def engine(self, header: Header) -> AsyncIterator[Engine]:
        """Borrow an engine that may have seen other documents. Raises `EngineError` where none can be started."""
        async with self._slots:
            engine = await self._idle_engine(header) or await self._take(header)
            self._imported.setdefault(engine, set()).add(header.imports)
            self._refill()
            try:
                yield engine
            except anyio.get_cancelled_exc_class():
                await self._give_up(engine)  # one that has survived this is as good as before
                raise
            except BaseException as error:
                telemetry.event("engine.dropped", why=error)
                await self._retire(engine)
                raise
            await self._give_up(engine)

    @asynccontextmanager
    async def fresh(self, *headers: Header) -> AsyncIterator[tuple[Engine, ...]]:
        """Borrow an engine for each header, whose process has seen `WARM_UP` at most; they are closed afterwards.

        Where there is no time for it, the later ones have not even seen that, and their first text takes longer.
        Callers are counted apart, so who holds an `engine` may call; who holds fresh ones may not.
        """
        await self._fresh_slots.acquire()
        engines: list[Engine] = []
        try:
            for header in headers:
                engines.append(await self._fresh_engine(header))  # noqa: PERF401  what was taken is given back
            yield tuple(engines)
        finally:
            if self._group is not None:
                # Closing takes a while, which no verdict has to wait for; the place is free when it is done.
                self._group.start_soon(self._give_back, engines)

    async def _fresh_engine(self, header: Header) -> Engine:
        if self._start_fresh is None:
            return await self._take(header)
        engine = await self._start_fresh()
        self._all.add(engine)
        return engine

    @property
    def engines(self) -> tuple[Engine, ...]:
        """All that it has now: at work, idle, waiting or lent as fresh."""
        return tuple(self._all)

    async def identity(self) -> Identity:
        """Which Lean this pool runs."""
        async with self.engine(Header(())) as engine:
            return engine.identity

    async def _give_up(self, engine: Engine) -> None:
        """Take an engine back from its borrower."""
        if engine.healthy and engine.memory < self._limits.heap_bytes:
            self._idle.append(engine)
        else:
            telemetry.event("engine.replaced", healthy=engine.healthy, memory=engine.memory)
            self.stats.replaced += 1
            await self._retire(engine)
            self._refill()

    async def _retire(self, engine: Engine) -> None:
        self._all.discard(engine)
        self._imported.pop(engine, None)
        with anyio.CancelScope(shield=True):
            await engine.aclose()

    async def _give_back(self, engines: Sequence[Engine]) -> None:
        """Close fresh engines; whatever is not closed when the pool is, is closed then."""
        for engine in engines:
            await self._retire(engine)
        self._fresh_slots.release()
        self._refill()

    async def _idle_engine(self, header: Header) -> Engine | None:
        """An idle engine that did not die meanwhile: one that has these imports already, or else the one used last.

        Importing takes as long as a dozen candidates, so goals that are worked on side by side keep their engines.
        """
        while self._idle:
            known = (engine for engine in reversed(self._idle) if header.imports in self._imported[engine])
            engine = next(known, self._idle[-1])
            self._idle.remove(engine)
            if engine.healthy:
                return engine
            telemetry.event("engine.replaced", healthy=False, idle=True)
            self.stats.replaced += 1
            await self._retire(engine)
        return None

    async def _take(self, header: Header) -> Engine:
        """A spare, where there is or will be one; a new engine otherwise."""
        while True:
            if self._spares:
                engine = self._spares.popleft()
                if engine.healthy:
                    return engine
                await self._retire(engine)
            elif self._spare_starting and not self._cold:
                self._waiting += 1
                try:
                    await self._spare_changed.wait()
                finally:
                    self._waiting -= 1
            else:
                # At first two start side by side, so that a spare is there when the first proof is to be checked.
                self._cold = False
                engine = await self._started(header)
                self._spare_header = self._spare_header or Header(header.imports)
                self._refill()
                return engine

    async def _started(self, header: Header | None) -> Engine:
        for tries_left in reversed(range(_START_TRIES)):
            try:
                engine = await self._start()
                break
            except EngineLost as error:
                telemetry.event("engine.lost", "warning", why=error, tries_left=tries_left)
                if not tries_left:
                    raise
        telemetry.event("engine.started", engine=engine.identity.engine, version=engine.identity.version)
        self.stats.started += 1
        self._all.add(engine)
        try:
            if header is not None and header.imports:
                await self._prepare(engine, Header(header.imports))
        except BaseException:
            await self._retire(engine)
            raise
        return engine

    async def _prepare(self, engine: Engine, header: Header) -> None:
        outcome = await engine.prepare(header, deadline=self._limits.prepare_seconds)
        if outcome.status != "done":
            raise EngineLost(f"importing {' '.join(header.imports)}: {outcome.status}", detail=outcome.detail)

    async def _warm_up(self, engine: Engine, header: Header) -> None:
        outcome = await engine.elaborate(header, WARM_UP, deadline=self._limits.prepare_seconds)
        if outcome.status != "done":
            raise EngineLost(f"warming up: {outcome.status}", detail=outcome.detail)

    def _refill(self) -> None:
        if len(self._spares) < self._spares_wanted and not self._spare_starting and self._group is not None:
            self._spare_starting = True
            self._spare_changed = anyio.Event()
            self._group.start_soon(self._start_spares)

    @telemetry.apart
    async def _start_spares(self) -> None:
        """Start what is missing, one after another: whoever is at work needs the machine more."""
        try:
            while len(self._spares) < self._spares_wanted:
                self._spares.append(await self._started_spare())
                self._spare_changed.set()
                self._spare_changed = anyio.Event()
        except (ProofAgentError, OSError) as error:
            # Whoever needs an engine next starts one itself, and sees the error.
            telemetry.event("engine.lost", "warning", why=error, spare=True)
        finally:
            self._spare_starting = False
            self._spare_changed.set()

    async def _started_spare(self) -> Engine:
        engine = await self._started(self._spare_header)
        try:
            if self._spare_header is not None and not self._waiting:
                await self._warm_up(engine, self._spare_header)
        except BaseException:
            await self._retire(engine)
            raise
        return engine
