"""A batch with real Lean, real processes, a real cluster, and a model over HTTP: something is killed all the time.

PROOFAGENT_FAULT_ROUNDS says how often (12 where it says nothing; the figures in the docs are of 50).
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

import proofagent
from proofagent.runs.journal import NAME, Began, Called, Ended, Lost, read_events
from proofagent.runs.progress import SETTLED, Progress
from proofagent.testing.model_server import serving_in_thread

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("batch"), pytest.mark.timeout(1500)]

ROUNDS = int(os.environ.get("PROOFAGENT_FAULT_ROUNDS", "12"))
GOALS = 400
ACTOR = "ray::BenchActor"
PRICE = '[prices."scripted/m"]\ninput = 2\noutput = 10\n'


@pytest.fixture
def folder(tmp_path):
    goals = [
        {"name": f"e{n}", "statement": f"theorem e{n} (x y : Nat) (h : x < y + {n}) : x + 1 ≤ y + {n}"}
        for n in range(GOALS)
    ]
    (tmp_path / "goals.jsonl").write_text("".join(json.dumps(goal) + "\n" for goal in goals), encoding="utf-8")
    (tmp_path / "own.toml").write_text(PRICE)
    return tmp_path


class Run:
    """The batch, which is started again whenever it is gone."""

    where = ("--processes", "2")

    def __init__(self, folder, url):
        self.folder, self.journal = folder / "run", folder / "run" / NAME
        self._command = [
            sys.executable, "-m", "proofagent", "batch", "goals.jsonl", "--out", "run", "--quiet", "--jobs", "2",
            *self.where, "--time", "20", "--first", "20", "--no-quality", "--no-portfolio", "--no-refute",
            "--via", "whole", "--model", "scripted/m", "--base-url", url, "--config", "own.toml", "--dollars", "100",
        ]  # fmt: skip
        self._where = folder
        self.seen = set()
        """Every process of the batch that was ever seen, by number and start."""

        self.start()

    def start(self):
        package = str(Path(proofagent.__file__).parent.parent)
        environment = {**os.environ, "PYTHONPATH": package}
        with (self._where / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=self._where, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def log(self):
        return (self._where / "log").read_text("utf-8", "replace")[-3000:]

    def size(self):
        return self.journal.stat().st_size if self.journal.exists() else 0

    def proved(self):
        """Wait until a goal is proved: on a slow machine no attempt may have lived that long."""
        end = time.monotonic() + 180
        while b'"outcome":"proved"' not in self.journal.read_bytes() and time.monotonic() < end:
            if self.process.poll() is not None:
                self.start()
            time.sleep(0.2)

    def grown(self, beyond, seconds=120):
        """Wait until something was written after `beyond` bytes."""
        end = time.monotonic() + seconds
        while self.size() <= beyond:
            assert time.monotonic() < end, self.log()
            if self.process.poll() is not None:
                self.start()
            time.sleep(0.02)

    def below(self):
        """Workers and Lean processes that run now."""
        return self.told_apart(below(self.process.pid), "executors.worker")

    def told_apart(self, found, worker):
        self.seen |= {(process.pid, process.create_time()) for process in found if process.is_running()}
        workers = [process for process in found if worker in command_of(process)]
        return workers, [process for process in found if "node" in command_of(process).split(" ")[0]]


class ClusterRun(Run):
    """The same on a cluster, whose processes are children of the tests: of those, the actors and what they start."""

    def __init__(self, folder, url, address):
        self.where = ("--processes", "2", "--ray", address)
        super().__init__(folder, url)

    def below(self):
        actors = [process for process in below(os.getpid()) if ACTOR in command_of(process)]
        batch = below(self.process.pid)
        return self.told_apart([*batch, *actors, *(lean for actor in actors for lean in below(actor.pid))], ACTOR)


def below(pid):
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def command_of(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def is_alive(pid, started):
    try:
        process = psutil.Process(pid)
        return process.create_time() == started and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(pairs, seconds=40):
    end = time.monotonic() + seconds
    while left := [pair for pair in pairs if is_alive(*pair)]:
        if time.monotonic() > end:
            return left
        time.sleep(0.1)
    return []


def kill(run, victim, seconds=120):
    """Kill one process, as soon as there is one; whether it was still there."""
    if victim == "batch":
        run.below()
        run.process.kill()
        run.process.wait()
        assert gone(set(run.seen)) == []
        return True
    end = time.monotonic() + seconds
    while not (found := run.below()[victim == "lean"]):
        assert time.monotonic() < end, f"no {victim}: {run.log()}"
        if run.process.poll() is not None:
            run.start()
        time.sleep(0.05)
    try:
        os.kill(random.choice(found).pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def lines(data):
    return data[: data.rfind(b"\n") + 1]


@pytest.mark.parametrize("workers", ["processes", "ray"])
def test_whatever_is_killed_nothing_is_lost_or_counted_twice(folder, workers, request):
    """The batch, its workers, their Leans: what was written stays, no goal is settled twice, no money is paid twice."""
    cluster = request.getfixturevalue("two_nodes") if workers == "ray" else None
    kills, before = Counter(), b""
    with serving_in_thread(lambda _question: ["```lean4\nomega\n```"]) as server:
        run = Run(folder, server.url) if cluster is None else ClusterRun(folder, server.url, cluster.address)
        while kills.total() < ROUNDS:
            run.grown(len(before))
            time.sleep(random.random() * 1.5)
            victim = random.choice(["batch", "worker", "lean"])
            kills[victim] += kill(run, victim)
            now = run.journal.read_bytes()
            assert now.startswith(lines(before)), f"after {victim}: {kills}"
            before = now
        run.proved()
        if run.process.poll() is None:
            run.below()
            run.process.send_signal(signal.SIGINT)
            run.process.wait(timeout=120)
        assert gone(run.seen) == []
        questions = len(server.questions)
    assert run.journal.read_bytes().startswith(lines(before))
    judge(list(read_events(run.folder)), kills, questions, run.log())


def judge(events, kills, questions, log):
    progress = Progress.of(events)
    over = [event for event in events if isinstance(event, Ended)]
    begun = Counter(event.attempt for event in events if isinstance(event, Began))
    lost = [event.attempt for event in events if isinstance(event, Lost)]
    print(f"killed: {dict(kills)}; attempts: {len(begun)} began, {len(over)} ended, {len(lost)} lost")
    assert over, log
    assert set(begun.values()) == {1}
    ended = Counter(event.attempt for event in over if event.attempt)
    assert set(ended.values()) == {1}
    assert ended.keys() | set(lost) <= begun.keys()
    assert not ended.keys() & set(lost)
    # What ends without an attempt is given up, each time after three workers that were lost over it.
    given_up = [event for event in over if not event.attempt]
    assert all(event.result.outcome == "undecided" for event in given_up)
    losses = Counter(event.digest for event in events if isinstance(event, Lost))
    assert Counter(3 * [event.digest for event in given_up]) <= losses
    settled = Counter(event.digest for event in over if event.result.outcome in SETTLED)
    assert set(settled.values()) == {1}
    # Only what ran is missing, two attempts at a time: where a batch was killed, or found no worker and said so.
    assert len(begun) - len(ended) - len(lost) <= 2 * (kills["batch"] + log.count("error: "))
    calls = [(event.attempt, event.call.id) for event in events if isinstance(event, Called)]
    assert len(calls) == len(set(calls)) <= questions
    paid = sum(event.call.cost.dollars for event in events if isinstance(event, Called))
    assert progress.cost.dollars == pytest.approx(paid)
    assert progress.calls == len(calls)
