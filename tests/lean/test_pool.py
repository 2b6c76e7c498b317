"""The pool of engines, mostly on engines that are scripted objects, once on real child processes."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace

import anyio
import psutil
import pytest

from proofagent.errors import EngineLost, EngineRefused, SetupError
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.engine import Elaboration, Header, Identity
from proofagent.lean.pool import WARM_UP, Limits, Pool
from proofagent.testing import misbehaving

pytestmark = pytest.mark.anyio

HEADER = Header(("Init",))


@dataclass(eq=False)
class ScriptedEngine:
    """Does what a body says: `hang`, `die`, `refuse`, `grow`, `sleep SECONDS`; anything else is done at once."""

    healthy: bool = True
    memory: int = 0
    closed: int = 0
    seen: list = field(default_factory=list)
    warmed: list = field(default_factory=list)
    prepared: list = field(default_factory=list)
    identity: Identity = Identity("scripted", "4.0.0", "0")

    async def prepare(self, header, *, deadline):
        await anyio.lowlevel.checkpoint()
        if header.imports == ("Nowhere",):
            raise EngineRefused("unknown module prefix 'Nowhere'")
        if header.imports == ("Endless",):
            self.healthy = False
            return Elaboration("timed-out", detail="the deadline passed")
        self.prepared.append(header)
        return Elaboration("done")

    async def elaborate(self, _header, body, *, deadline):
        assert self.healthy
        (self.warmed if body == WARM_UP else self.seen).append(body)
        await anyio.lowlevel.checkpoint()
        match body.split():
            case ["hang"]:
                await anyio.sleep(deadline)
                self.healthy = False
                return Elaboration("timed-out")
            case ["die"]:
                self.healthy = False
                return Elaboration("lost")
            case ["refuse"]:
                raise EngineRefused("no")
            case ["grow"]:
                self.memory = 2 << 30
            case ["sleep", seconds]:
                await anyio.sleep(float(seconds))
        return Elaboration("done", seconds=0.25)

    async def aclose(self):
        await anyio.sleep(0.001)
        self.closed += 1
        self.healthy = False


class Starter:
    """Starts scripted engines and keeps count; `failures` are raised first, one a start, None for a good one."""

    def __init__(self):
        self.engines = []
        self.calls = 0
        self.seconds = 0.0
        self.failures = []

    async def __call__(self):
        self.calls += 1
        await anyio.sleep(self.seconds)
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        self.engines.append(ScriptedEngine())
        return self.engines[-1]

    @property
    def alive(self):
        return [engine for engine in self.engines if not engine.closed]


@pytest.fixture
def starter():
    """Whatever a test does with its pool, every engine that was started must be closed at its end."""
    starter = Starter()
    yield starter
    assert not starter.alive


async def settle(starter, alive):
    """Wait until the background work has left `alive` engines."""
    with anyio.fail_after(5):
        while len(starter.alive) != alive:
            await anyio.sleep(0.005)


async def closed(engine):
    """Wait until the background work has closed `engine`."""
    with anyio.fail_after(5):
        while not engine.closed:
            await anyio.sleep(0.005)


async def test_no_more_engines_work_than_the_pool_is_large(starter):
    """Many concurrent bodies share `size` engines and one spare, and all are done."""
    at_work = peak = 0

    async def one(pool, number):
        nonlocal at_work, peak
        async with pool.engine(HEADER) as engine:
            at_work += 1
            peak = max(peak, at_work)
            await engine.elaborate(HEADER, f"sleep 0.00{number % 3}", deadline=1)
            at_work -= 1

    async with Pool(starter, size=3, spares=1) as pool:
        async with anyio.create_task_group() as group:
            for number in range(60):
                group.start_soon(one, pool, number)
        assert peak == 3
        assert len(starter.alive) <= 4
        assert sum(len(engine.seen) for engine in starter.engines) == 60
    assert starter.calls <= 4


async def test_fresh_engines_are_limited_too(starter):
    """Concurrent checks do not start an engine each; one may run while an engine is borrowed."""
    peak = 0

    async def one(pool):
        nonlocal peak
        async with pool.fresh(HEADER):
            peak = max(peak, len(starter.alive))
            await anyio.sleep(0.01)

    async with Pool(starter, size=1, spares=0) as pool, pool.engine(HEADER), anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(one, pool)
    assert peak == 2


async def test_one_engine_serves_body_after_body(starter):
    """A healthy engine is kept, and the imports are done once."""
    async with Pool(starter, spares=0) as pool:
        outcomes = [await pool.elaborate(HEADER, body, deadline=1) for body in "abc"]
        assert [outcome.status for outcome in outcomes] == ["done"] * 3
        assert (pool.stats.started, pool.stats.bodies, pool.stats.lean_seconds) == (1, 3, 0.75)
    assert starter.engines[0].prepared == [HEADER]


async def test_goals_side_by_side_keep_their_engines(starter):
    """A body goes to an idle engine that has its imports, whichever was used last."""
    here, there = Header(("Here",)), Header(("There",))
    async with Pool(starter, size=2, spares=0) as pool:
        async with pool.engine(here) as first, pool.engine(there) as second:
            assert first is not second
        for header, engine in [(here, first), (there, second), (here, first), (here, first), (there, second)]:
            async with pool.engine(Header(header.imports, "set_option pp.all true\n")) as given:
                assert given is engine


@pytest.mark.parametrize("warmed", [True, False])
async def test_after_a_timeout_the_next_body_does_not_wait_for_a_start(starter, warmed):
    """The spare is warm before it is needed, asked for by `warm` or not."""
    starter.seconds = 1.0
    async with Pool(starter, spares=1) as pool:
        if warmed:
            pool.warm(HEADER)
        assert (await pool.elaborate(HEADER, "a", deadline=1)).status == "done"
        await settle(starter, alive=2)
        assert (await pool.elaborate(HEADER, "hang", deadline=0.05)).status == "timed-out"
        began = anyio.current_time()
        assert (await pool.elaborate(HEADER, "b", deadline=1)).status == "done"
        assert anyio.current_time() - began < 0.5
        (spare,) = (engine for engine in starter.engines if engine.seen == ["b"])
        assert spare.prepared == [HEADER]
        assert spare.warmed == [WARM_UP]
        assert pool.stats.replaced == 1
        await settle(starter, alive=2)


@pytest.mark.parametrize("body", ["die", "grow"])
async def test_a_dead_or_large_engine_is_replaced(starter, body):
    """The engine is closed after the body that ruined it, and the next body has another one."""
    async with Pool(starter, limits=Limits(heap_bytes=1 << 30), spares=1) as pool:
        await pool.elaborate(HEADER, body, deadline=1)
        assert starter.engines[0].closed
        await pool.elaborate(HEADER, "b", deadline=1)
        assert starter.engines[0].seen == [body]
        assert pool.stats.replaced == 1


async def test_an_engine_that_died_while_idle_is_not_handed_out(starter):
    """Death between two bodies costs no body."""
    async with Pool(starter, spares=1) as pool:
        await pool.elaborate(HEADER, "a", deadline=1)
        starter.engines[0].healthy = False
        assert (await pool.elaborate(HEADER, "b", deadline=1)).status == "done"
        assert starter.engines[0].seen == ["a"]


async def test_a_spare_that_died_is_not_handed_out(starter):
    """A dead spare is closed and another one waited for."""
    async with Pool(starter, spares=1) as pool:
        pool.warm(HEADER)
        await settle(starter, alive=1)
        await anyio.wait_all_tasks_blocked()
        starter.engines[0].healthy = False
        assert (await pool.elaborate(HEADER, "a", deadline=1)).status == "done"
        assert starter.engines[0].seen == []


async def test_an_exception_of_the_borrower_retires_the_engine(starter):
    """Nobody knows what an engine went through when its borrower failed."""
    async with Pool(starter, spares=0) as pool:
        with pytest.raises(KeyError):
            async with pool.engine(HEADER):
                raise KeyError
        assert starter.engines[0].closed
        with pytest.raises(EngineRefused):
            await pool.elaborate(HEADER, "refuse", deadline=1)
        assert starter.engines[1].closed
        await pool.elaborate(HEADER, "a", deadline=1)


async def test_a_missing_import_is_refused_each_time(starter):
    """The refusal reaches the caller, from the spare's start too, and no engine is left."""
    async with Pool(starter, spares=1) as pool:
        pool.warm(Header(("Nowhere",)))
        for _ in range(2):
            with pytest.raises(EngineRefused, match="Nowhere"):
                await pool.elaborate(Header(("Nowhere",)), "a", deadline=1)
        await settle(starter, alive=0)


async def test_imports_that_take_too_long_are_an_error(starter):
    """An engine whose imports did not finish is not handed out."""
    async with Pool(starter, spares=0) as pool:
        with pytest.raises(EngineLost, match="importing Endless: timed-out"):
            await pool.elaborate(Header(("Endless",)), "a", deadline=1)


async def test_a_start_is_tried_again(starter):
    """One failure to start is not the end."""
    starter.failures = [EngineLost("once"), EngineLost("twice")]
    async with Pool(starter, spares=0) as pool:
        assert (await pool.elaborate(HEADER, "a", deadline=1)).status == "done"
    assert (starter.calls, pool.stats.started) == (3, 1)


async def test_a_start_that_always_fails_is_an_error(starter):
    """After three tries the caller is told, and the pool can be used again."""
    starter.failures = [EngineLost("never")] * 3
    async with Pool(starter, spares=0) as pool:
        with pytest.raises(EngineLost, match="never"):
            await pool.elaborate(HEADER, "a", deadline=1)
        assert (await pool.elaborate(HEADER, "a", deadline=1)).status == "done"


@pytest.mark.parametrize("error", [EngineLost("no"), SetupError("no Node"), OSError("no space")])
async def test_a_spare_that_cannot_be_started_harms_nobody(starter, error):
    """The failure of background work reaches no caller: the next one starts an engine of its own."""
    starter.failures = [error] * 3
    async with Pool(starter, spares=1) as pool:
        pool.warm(HEADER)
        await anyio.sleep(0.05)
        starter.failures = []
        assert (await pool.elaborate(HEADER, "a", deadline=1)).status == "done"


async def test_at_first_worker_and_spare_start_side_by_side(starter):
    """The first proof finds its fresh engine ready: two starts take the time of one."""
    starter.seconds = 0.4
    began = anyio.current_time()
    async with Pool(starter, spares=1) as pool:
        pool.warm(HEADER)
        await pool.elaborate(HEADER, "a", deadline=1)
        async with pool.fresh(HEADER):
            assert anyio.current_time() - began < 0.75


async def test_a_fresh_engine_has_seen_no_document(starter):
    """Its process is new, and nobody gets it afterwards."""
    async with Pool(starter, spares=1) as pool:
        pool.warm(HEADER)
        await pool.elaborate(HEADER, "a", deadline=1)
        for _ in range(3):
            async with pool.fresh(HEADER) as (engine,):
                assert engine.seen == []
                await engine.elaborate(HEADER, "b", deadline=1)
            await closed(engine)
        await pool.elaborate(HEADER, "c", deadline=1)
        assert ["a", "c"] in [engine.seen for engine in starter.engines]


async def test_two_fresh_engines_are_two_processes(starter):
    """Each header has a process of its own, waiting for it where there were spares enough."""
    async with Pool(starter, spares=2) as pool:
        pool.warm(HEADER)
        await settle(starter, alive=2)
        await anyio.wait_all_tasks_blocked()
        async with pool.fresh(HEADER, HEADER) as (one, other):
            assert one is not other
            assert starter.calls == 2
        await closed(one)
        await closed(other)


async def test_an_engine_that_is_not_to_be_had_takes_none_with_it(starter):
    """Where the second fresh engine cannot be started, the first is closed."""
    async with Pool(starter, spares=0) as pool:
        starter.failures = [None, *[EngineLost("never")] * 3]
        with pytest.raises(EngineLost, match="never"):
            async with pool.fresh(HEADER, HEADER):
                pass
        await settle(starter, alive=0)


async def test_the_identity_is_an_engines(starter):
    """The pool says which Lean it runs."""
    async with Pool(starter, spares=1) as pool:
        assert (await pool.identity()).engine == "scripted"


async def test_an_exception_leaves_the_pool_as_it_is(starter):
    """What the body raises is what the caller of the pool sees, not a group of exceptions."""
    starter.seconds = 0.05
    with pytest.raises(KeyError, match="mine"):
        async with Pool(starter, spares=1) as pool:
            await pool.elaborate(HEADER, "a", deadline=1)
            raise KeyError("mine")


@pytest.mark.parametrize("body", ["hang", "a"])
async def test_cancellation_closes_everything(starter, body):
    """A cancelled user of a pool leaves no engine, and the cancellation goes on."""
    with anyio.move_on_after(0.1) as scope:
        async with Pool(starter, spares=1) as pool:
            pool.warm(HEADER)
            while True:
                await pool.elaborate(HEADER, body, deadline=60)
    assert scope.cancelled_caught


async def test_an_interrupt_closes_everything(starter):
    """A task that is cancelled as Ctrl-C does it ends as cancelled, with no engine left."""

    async def use():
        async with Pool(starter, spares=1) as pool:
            pool.warm(HEADER)
            await pool.elaborate(HEADER, "hang", deadline=60)

    task = asyncio.ensure_future(use())
    await anyio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancellation_during_a_start_gives_the_place_back(starter):
    """A borrower who gives up while waiting does not use up the pool's capacity."""
    starter.seconds = 0.2
    async with Pool(starter, size=1, spares=0) as pool:
        with anyio.move_on_after(0.05):
            await pool.elaborate(HEADER, "a", deadline=1)
        with anyio.fail_after(5):
            await pool.elaborate(HEADER, "b", deadline=1)


@pytest.mark.parametrize("fails", [False, True])
async def test_real_processes_end_with_the_pool(tmp_path, fails):
    """With real child processes, one of them at work: nothing runs after the pool, whatever ended it."""
    node = SimpleNamespace(path=misbehaving.stand_in(tmp_path, "ok"))
    nothing = SimpleNamespace(
        glue="glue",
        library="library",
        lean_version="4.0.0",
        lean_commit="0",
        manifest=SimpleNamespace(library_sha256=""),
    )

    async def use():
        async with Pool(lambda: EmbeddedEngine.start(nothing, node), size=2) as pool:
            pool.warm(HEADER)
            for body, deadline, status in (("a", 20, "done"), ("decide", 0.2, "timed-out"), ("b", 20, "done")):
                assert (await pool.elaborate(HEADER, body, deadline=deadline)).status == status
            async with anyio.create_task_group() as group:
                group.start_soon(lambda: pool.elaborate(HEADER, "decide", deadline=60))
                await anyio.sleep(0.2)
                assert psutil.Process().children()
                if fails:
                    raise KeyError
                group.cancel_scope.cancel()

    if fails:
        with pytest.RaisesGroup(KeyError):
            await use()
    else:
        await use()
    assert not psutil.Process().children(recursive=True)
