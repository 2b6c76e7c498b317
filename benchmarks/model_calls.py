"""What asking a model costs on our side, beside a bare request of httpx.

    python benchmarks/model_calls.py [--calls 400] [--at-once 200] [--rounds 7] [--json FILE]

The server is a scripted one in a process of its own and answers at once, so that all time is ours, httpx's or the
server's. One after the other: a bare POST of the same body with the same headers, a call without and one with a
recording, taken in turns. At once: as many calls as `--at-once` says together, again in turns with bare requests, while
a task that sleeps 1 ms at a time measures how late it wakes; without any calls that is what the machine does anyway.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import anyio
import httpx

from proofagent.config.models import ModelSpec
from proofagent.config.prices import Price
from proofagent.config.providers import Provider
from proofagent.config.settings import ModelTable
from proofagent.errors import ProofAgentError
from proofagent.llm.chat import Message, Prompt
from proofagent.llm.models import open_models
from proofagent.llm.openai import request

PROMPT = Prompt((Message("system", "You prove theorems. " * 50), Message("user", "∀ n : ℕ, n + 0 = n\n" * 150)))
ANSWER = "theorem t (n : ℕ) : n + 0 = n := by\n  induction n with\n  | zero => rfl\n  | succ n ih => simp\n" * 20
TICK = 0.001
WARM_UP = 20

Call = Callable[[], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True)
class Series:
    """Milliseconds a call, one after the other."""

    what: str
    p50: float
    p95: float
    cpu: float
    """Mean of this process's time on a processor, which another program's load does not change much."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Calls at the same time: medians and the worst of the rounds."""

    what: str
    wall: float
    """Seconds until the last one has ended; median of the rounds."""
    lag: float
    """Milliseconds that the ticker was late at worst, median of the rounds."""
    worst_lag: float
    cpu: float
    """Seconds of this process on a processor, median of the rounds."""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a scripted server in another process."""
    script = folder / "script.json"
    script.write_text(json.dumps({"default": [ANSWER]}), encoding="utf-8")
    command = [sys.executable, "-m", "proofagent.testing.model_server", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def model(url: str, concurrency: int) -> ModelSpec:
    table = ModelTable(concurrency=concurrency, max_tokens=2048, temperature=0.8, tries=1)
    price = Price(input=Decimal("2.5"), output=Decimal(10))
    return ModelSpec("bench/model", "model", Provider(url), table, price, "settings")


@asynccontextmanager
async def ours(spec: ModelSpec, record: Path | None = None) -> AsyncIterator[Call]:
    async with open_models([spec], record=record) as models:

        async def call() -> None:
            (done,) = await models.clients[0].ask(PROMPT)
            if done.failure or done.answers[0].text != ANSWER:
                raise ProofAgentError(f"no answer: {done.failure}")

        yield call


@asynccontextmanager
async def bare(spec: ModelSpec) -> AsyncIterator[Call]:
    asked = request(spec, PROMPT, "", n=1, seed=None)
    content = json.dumps(asked.body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", "accept": "application/json"}
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    async with httpx.AsyncClient(limits=limits, trust_env=False, timeout=60) as http:

        async def call() -> None:
            response = await http.post(spec.provider.base_url + asked.path, content=content, headers=headers)
            if response.status_code != 200:
                raise ProofAgentError(f"no answer: {response.status_code}")

        yield call


async def one_after_the_other(spec: ModelSpec, folder: Path, calls: int) -> list[Series]:
    async with bare(spec) as first, ours(spec) as second, ours(spec, folder / "recording.jsonl") as third:
        ways = {"bare httpx": first, "call": second, "call, recorded": third}
        taken: dict[str, list[tuple[float, float]]] = {what: [] for what in ways}
        for number in range(WARM_UP + calls):
            for what, call in ways.items():
                began, cpu = time.perf_counter(), time.process_time()
                await call()
                if number >= WARM_UP:
                    taken[what].append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - cpu)))
    return [series(what, *zip(*times, strict=True)) for what, times in taken.items()]


def series(what: str, walls: Sequence[float], cpus: Sequence[float]) -> Series:
    return Series(what, statistics.median(walls), statistics.quantiles(walls, n=20)[-1], statistics.mean(cpus))


async def lateness(work: Callable[[], Awaitable[object]]) -> tuple[float, float, float]:
    """Seconds that `work` takes, the worst lateness of a tick meanwhile, and seconds on a processor."""
    worst = 0.0

    async def tick() -> None:
        nonlocal worst
        while True:
            began = time.perf_counter()
            await anyio.sleep(TICK)
            worst = max(worst, time.perf_counter() - began - TICK)

    async with anyio.create_task_group() as group:
        group.start_soon(tick)
        began, cpu = time.perf_counter(), time.process_time()
        await work()
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        group.cancel_scope.cancel()
    return seconds, worst, cpu


async def at_once(spec: ModelSpec, folder: Path, count: int, rounds: int) -> list[Burst]:
    async with bare(spec) as first, ours(spec) as second, ours(spec, folder / "burst.jsonl") as third:

        async def together(call: Call) -> None:
            async with anyio.create_task_group() as group:
                for _ in range(count):
                    group.start_soon(call)

        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "nothing": lambda: anyio.sleep(0.5),
            "bare httpx": lambda: together(first),
            "calls": lambda: together(second),
            "calls, recorded": lambda: together(third),
        }
        found: dict[str, list[tuple[float, float, float]]] = {what: [] for what in ways}
        for number in range(rounds + 1):
            for what, work in ways.items():
                measured = await lateness(work)
                if number:  # the first round opens the connections
                    found[what].append(measured)
    return [burst(what, runs) for what, runs in found.items()]


def burst(what: str, runs: Sequence[tuple[float, float, float]]) -> Burst:
    walls, lags, cpus = zip(*runs, strict=True)
    return Burst(
        what, statistics.median(walls), 1000 * statistics.median(lags), 1000 * max(lags), statistics.median(cpus)
    )


def report(every: Sequence[Series], bursts: Sequence[Burst], count: int) -> None:
    least = every[0]
    print(f"{'one after the other':<20} {'p50':>10} {'p95':>10} {'processor':>10} {'p50, ratio':>11} {'p50, more':>10}")
    for item in every:
        more = item.p50 - least.p50
        print(
            f"{item.what:<20} {item.p50:7.2f} ms {item.p95:7.2f} ms {item.cpu:7.2f} ms "
            f"{item.p50 / least.p50:11.2f} {more:7.2f} ms"
        )
    print(f"\n{f'{count} at once':<20} {'wall':>10} {'processor':>10} {'worst lag':>10} {'of all rounds':>14}")
    for each in bursts:
        print(f"{each.what:<20} {each.wall:8.3f} s {each.cpu:8.3f} s {each.lag:7.1f} ms {each.worst_lag:11.1f} ms")


async def run(url: str, folder: Path, calls: int, count: int, rounds: int) -> tuple[list[Series], list[Burst]]:
    spec = model(url, count)
    return await one_after_the_other(spec, folder, calls), await at_once(spec, folder, count, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as url:
        every, bursts = anyio.run(run, url, Path(name), arguments.calls, arguments.at_once, arguments.rounds)
    report(every, bursts, arguments.at_once)
    if arguments.json:
        arguments.json.write_text(json.dumps([*map(asdict, every), *map(asdict, bursts)], indent=1))


if __name__ == "__main__":
    main()
