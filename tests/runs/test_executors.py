"""Executors: in this process, in others, on a Ray cluster of two nodes. One contract, with the real embedded Lean."""

import os
import signal
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import anyio
import psutil
import pytest

from proofagent.errors import ConfigError, EngineError, SetupError, WorkerLost
from proofagent.goals.goal import Goal
from proofagent.lean.engines import EMBEDDED, Choice
from proofagent.lean.machine import MemoryReport
from proofagent.lean.toolchain import Lean
from proofagent.runs.asking import Flags, plan_of
from proofagent.runs.bench import Plan
from proofagent.runs.executors.cluster import open_cluster
from proofagent.runs.executors.local import open_local
from proofagent.runs.executors.processes import open_processes
from proofagent.runs.executors.sizes import MEMORY_OF_A_JOB, jobs_here, processes_for
from proofagent.runs.journal import Ended
from proofagent.runs.work import Health, Pulse, Work
from proofagent.types import Budget

pytestmark = [pytest.mark.lean, pytest.mark.anyio, pytest.mark.xdist_group("batch"), pytest.mark.timeout(400)]

EASY = [Goal(f"e{n}", f"theorem e{n} (x y : Nat) (h : x < y + {n}) : x + 1 ≤ y + {n}") for n in range(6)]
HARD = Goal("hard", "theorem hard (f : Nat → Nat) (h : ∀ n, f n < f (n + 1)) : ∀ n, f (f n) > n * n → n ≤ f (n + 1)")
PLAN = Plan(EMBEDDED, plan_of(Flags(refute=False), None, None), "best-first", 1, "golf", measure=False)


@pytest.fixture(params=["local", "processes", "ray"])
def opened(request):
    """Opens an executor with two jobs."""
    if request.param == "local":
        return partial(open_local, jobs=2)
    if request.param == "processes":
        return partial(open_processes, workers=2, jobs=2)
    cluster = request.getfixturevalue("two_nodes")
    return partial(open_cluster, address=cluster.address, jobs=2, workers=2)


async def tried(executor, goal, heard, seconds=60.0):
    work = Work.on([goal], Budget(seconds))
    await executor.attempt(work, heard.append)
    return work


async def test_goals_are_proved_side_by_side(opened):
    """More than there are jobs: all are told of, each by its own attempt, and nothing else."""
    heard = {goal.name: [] for goal in EASY}
    async with opened(PLAN) as executor, anyio.create_task_group() as group:
        for goal in EASY:
            group.start_soon(tried, executor, goal, heard[goal.name])
    for goal in EASY:
        (ended,) = (each for each in heard[goal.name] if isinstance(each, Ended))
        assert (ended.digest, ended.result.outcome) == (goal.digest, "proved")
        assert ended.search.goals[0].status == "proved"
        assert {each.attempt for each in heard[goal.name]} == {ended.attempt}
        assert any(isinstance(each, Pulse) for each in heard[goal.name])


async def test_an_attempt_that_is_cancelled_leaves_the_others_alone(opened):
    """The executor goes on, and what is over is told of no more."""
    heard, first = [], []
    async with opened(PLAN) as executor:
        async with anyio.create_task_group() as group:
            group.start_soon(tried, executor, HARD, first)
            while not first:
                await anyio.sleep(0.05)
            group.cancel_scope.cancel()
        told = len(first)
        await tried(executor, EASY[0], heard)
        assert len(first) == told
    assert heard[-1].result.outcome == "proved"


async def test_a_goal_that_is_none_is_its_own_affair(opened):
    """Lean refuses the statement; the next is proved."""
    heard = []
    async with opened(PLAN) as executor:
        await tried(executor, Goal("bad", "theorem bad : undefined_thing \udcff"), heard)
        await tried(executor, EASY[0], heard)
    assert [each.result.outcome for each in heard if isinstance(each, Ended)] == ["error", "proved"]


async def test_what_cannot_be_opened_is_said(opened, tmp_path):
    """By an error of ours, which says what is wrong."""
    lean = Lean(tmp_path / "no-such-lean", (), 1 << 30, 1 << 30)
    plan = replace(PLAN, choice=Choice("batch", lean))
    heard = []
    with pytest.raises((SetupError, EngineError, ExceptionGroup)) as caught:
        async with opened(plan) as executor:
            await tried(executor, EASY[0], heard)
            # One that is open says so of each attempt.
            assert heard[-1].result.outcome == "undecided"
            raise SetupError(heard[-1].result.why)
    assert "no-such-lean" in repr(caught.value)


async def test_workers_say_how_they_are(opened):
    """With their engines and their memory."""
    async with opened(PLAN) as executor:
        await tried(executor, EASY[0], [])
        with anyio.fail_after(60):
            while not any(health.bodies for health in executor.health()):
                await anyio.sleep(0.1)
        health = next(health for health in executor.health() if health.bodies)
    assert isinstance(health, Health)
    assert health.engines
    assert health.memory_bytes > 1 << 20


def children(of=None):
    return {process.pid for process in psutil.Process(of).children(recursive=True)}


async def test_nothing_is_left_running(opened):
    """Neither workers nor their engines, though an attempt was being made."""
    before = children()
    async with opened(PLAN) as executor, anyio.create_task_group() as group:
        heard = []
        group.start_soon(tried, executor, HARD, heard)
        while not heard:
            await anyio.sleep(0.05)
        pids = {health.pid for health in executor.health()} - {os.getpid()}
        engines = {pid for worker in pids if psutil.pid_exists(worker) for pid in children(worker)} | children()
        group.cancel_scope.cancel()
    ours = (pids | engines) - before
    with anyio.fail_after(30):
        while any(alive(pid) for pid in ours):
            await anyio.sleep(0.1)


def alive(pid):
    try:
        process = psutil.Process(pid)
        named = " ".join(process.cmdline())
        return process.status() != psutil.STATUS_ZOMBIE and ("executors.worker" in named or "node" in process.name())
    except psutil.NoSuchProcess:
        return False


@asynccontextmanager
async def with_a_worker_at_work(opened):
    async with opened(PLAN) as executor:
        heard, lost = [], []

        async def doomed():
            try:
                await tried(executor, HARD, heard)
            except WorkerLost as error:
                lost.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(doomed)
            while not heard:
                await anyio.sleep(0.05)
            yield executor, heard[0].worker, lost


@pytest.mark.parametrize("kind", ["processes", "ray"])
async def test_a_worker_that_is_killed_is_replaced(kind, request):
    """Whoever waited for it is told; the next attempt finds another worker."""
    if kind == "processes":
        opened = partial(open_processes, workers=1, jobs=1)
    else:
        opened = partial(open_cluster, address=request.getfixturevalue("two_nodes").address, jobs=1, workers=1)
    async with with_a_worker_at_work(opened) as (executor, name, lost):
        (health,) = executor.health()
        assert health.worker == name
        os.kill(health.pid, signal.SIGKILL)
        with anyio.fail_after(100):
            while not lost:
                await anyio.sleep(0.05)
        heard = []
        await tried(executor, EASY[0], heard)
        assert heard[-1].result.outcome == "proved"
        assert heard[-1].worker != name


async def test_attempts_go_on_where_a_node_is_lost(two_nodes):
    """The node is killed with all that runs on it; its attempt is told, and the other node goes on."""
    heard, lost = [], []

    async def one(executor, goal):
        try:
            await tried(executor, goal, heard)
        except WorkerLost as error:
            lost.append(error)
            await tried(executor, goal, heard)

    async with open_cluster(PLAN, address=two_nodes.address, jobs=2, workers=2) as executor:
        with anyio.fail_after(200):
            while len(executor.workers) < 2:
                await anyio.sleep(0.1)
            async with anyio.create_task_group() as group:
                group.start_soon(one, executor, HARD)
                group.start_soon(one, executor, replace(HARD, name="hard2"))
                while len({each.worker for each in heard}) < 2:
                    await anyio.sleep(0.1)
                await anyio.to_thread.run_sync(partial(two_nodes.remove_node, two_nodes.second, allow_graceful=False))
                while not lost:
                    await anyio.sleep(0.1)
                group.cancel_scope.cancel()
            after = []
            await tried(executor, EASY[0], after)
    assert after[-1].result.outcome == "proved"


@pytest.mark.parametrize(
    ("address", "said"),
    [("127.0.0.1:1", "ray start"), ("127.0.0.1:99999", "HOST:PORT"), ("ray://x:1", "HOST:PORT"), ("x", "HOST:PORT")],
)
async def test_a_cluster_that_is_not_there_is_explained(address, said):
    """With what begins one, and at once."""
    pytest.importorskip("ray", reason="Ray is not installed")
    with pytest.raises(ConfigError, match=said):
        async with open_cluster(PLAN, address=address, jobs=1, workers=1):
            pass


@pytest.mark.parametrize(
    ("cores", "available", "jobs"),
    [(8, None, 8), (8, 100 * MEMORY_OF_A_JOB, 8), (8, 4 * MEMORY_OF_A_JOB, 3), (2, 0, 1), (1, None, 1)],
)
def test_jobs_have_a_core_and_their_memory(cores, available, jobs):
    """At least one is begun: whoever asks wants to try."""
    assert jobs_here(cores, MemoryReport(total=None, available=available)) == jobs


def test_processes_have_time_for_their_jobs():
    """One is enough for eight."""
    assert [processes_for(jobs) for jobs in (1, 8, 9, 64)] == [1, 1, 2, 8]


def test_a_worker_ends_with_whoever_started_it(tmp_path):
    """Its socket is all that it has."""
    import socket
    import subprocess
    import sys

    import proofagent

    ours, theirs = socket.socketpair()
    environment = {**os.environ, "PYTHONPATH": str(Path(proofagent.__file__).parent.parent)}
    command = [sys.executable, "-m", "proofagent.runs.executors.worker", str(theirs.fileno())]
    with subprocess.Popen(command, pass_fds=(theirs.fileno(),), env=environment, stderr=subprocess.PIPE) as worker:
        theirs.close()
        ours.send(b"\0\0\0\0\0\0\0\x05hello")  # no frame at all
        ours.close()
        assert worker.wait(timeout=60) is not None
