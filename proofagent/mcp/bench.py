"""What all calls share for the server's lifetime: the pool of engines, the team that proves, and what is known."""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

from proofagent.check.programs import programs
from proofagent.errors import EngineRefused, UsageError
from proofagent.goals.goal import Goal
from proofagent.lean.engine import Header
from proofagent.lean.engines import EMBEDDED, Choice, open_pool
from proofagent.lean.native import Judge, find_judges
from proofagent.lean.pool import Pool
from proofagent.propose.team import TacticsTeam, Team
from proofagent.runs.asking import DEFAULT_LEMMAS, Asking, open_desk
from proofagent.runs.lemmas import LibraryLemmas

_MOST_WAITING = 100
_EMBEDDED_HAS = "the embedded Lean has Init, Std, Lean and Lake only, others need a Lake project (--project DIR)"


@dataclass(frozen=True, slots=True)
class Serving:
    """What the server is started with. Without a `plan` no model is ever asked.

    `trusted` says that texts may run programs where the Lean has no sandbox.
    """

    choice: Choice = EMBEDDED
    jobs: int = 1
    plan: Asking | None = None
    trusted: bool = False


@dataclass(slots=True)
class Progress:
    """What a call is doing. Whoever tells the client looks at it now and then."""

    message: str = "waiting for other calls to end"
    _began: float = field(default_factory=time.monotonic)
    _total: float | None = None

    def start(self, message: str, seconds: float | None = None) -> None:
        """The work begins; it is to last `seconds`, where that is known."""
        self.message = message
        self._total = None if seconds is None else self.elapsed + seconds

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._began

    @property
    def total(self) -> float | None:
        """None where it is not known, or was not kept to."""
        return self._total if self._total is not None and self.elapsed <= self._total else None


@dataclass(slots=True)
class Bench:
    """Engines and knowledge. Calls work side by side up to the number of engines; the others wait."""

    pool: Pool
    team: Callable[[Goal], Team]
    ahead: int
    asks: bool
    """Whether models are asked."""

    trusted: bool
    _places: anyio.CapacityLimiter
    _judges: tuple[Judge, ...] | None = None
    _sandboxed: bool = False
    _known: set[tuple[str, ...]] = field(default_factory=set)
    """Imports that this Lean has."""

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for one's turn. Raises `UsageError` where too many wait already."""
        if self._places.statistics().tasks_waiting >= _MOST_WAITING:
            raise UsageError(f"{_MOST_WAITING} calls are waiting already; try again later")
        async with self._places:
            yield

    async def judges(self) -> tuple[Judge, ...]:
        """The checkers of a native toolchain, looked for once."""
        if self._judges is None:
            self._judges = await find_judges()
        return self._judges

    async def demand(self, imports: tuple[str, ...], texts: Iterable[str]) -> None:
        """Raise `UsageError` where this Lean has not got a module, or a text would run programs outside a sandbox."""
        self.pool.warm(Header(imports))
        if imports not in self._known:
            async with self.pool.engine(Header(("Init",))) as engine:
                self._sandboxed = engine.identity.sandboxed
                try:
                    engine.closure(imports)
                except EngineRefused as error:
                    has = _EMBEDDED_HAS if self.pool.embedded else "is it built? (`lake build`)"
                    raise UsageError(f"{str(error).partition(chr(10))[0]}; {has}") from error
            self._known.add(imports)
        words = () if self._sandboxed or self.trusted else programs("", "\n".join(texts))
        if words:
            raise UsageError(
                f"`{words[0]}` runs a program, and this Lean has no sandbox; start the server with --engine embedded, "
                "or with --trust where texts may do what you may"
            )


@asynccontextmanager
async def open_bench(serving: Serving) -> AsyncIterator[Bench]:
    """Open the pool and, where there is a plan, its models. No engine starts before it is needed.

    Raises `SetupError` where the Lean is missing and `ConfigError` where a model cannot be had.
    """
    async with open_pool(serving.choice, size=serving.jobs) as pool:
        places = anyio.CapacityLimiter(serving.jobs)
        if serving.plan is None:
            team = TacticsTeam(LibraryLemmas(pool, DEFAULT_LEMMAS))
            yield Bench(pool, team, 0, asks=False, trusted=serving.trusted, _places=places)
            return
        async with open_desk(serving.plan, pool) as desk:
            yield Bench(pool, desk.team, serving.plan.ahead, asks=True, trusted=serving.trusted, _places=places)
