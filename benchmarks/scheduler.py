"""How many workers one batch can feed: `scheduler.py [--run RUN] [--workers 10,1000,10000] [--seconds 20]`.

The batch, its rounds, its journal (a real file, synced) and its accounts are the real ones; the workers are simulated:
each sleeps as long as an attempt took that was measured, drawn at random from the journal of RUN, and says what that
attempt said. Without --run, times and results are those of a small real run with the embedded Lean, made first.
Printed: attempts and events a second that were taken, the share of a core that it took, and the number of workers from
which on they would wait for the coordinator.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from proofagent.goals.goal import Goal
from proofagent.runs.batch import Batch
from proofagent.runs.journal import NAME, BatchConfig, Ended, Journal, Started, read_events
from proofagent.runs.work import Health, Hearing, Work
from proofagent.types import Budget

EASY = '{{"name": "e{0}", "statement": "theorem e{0} (x y : Nat) (h : x < y + {0}) : x + 1 ≤ y + {0}"}}\n'


@dataclass
class Simulated:
    """An executor whose attempts are those of a journal, in their own time."""

    jobs: int
    measured: Sequence[Ended]
    attempts: int = 0
    counting: bool = False

    async def attempt(self, work: Work, hear: Hearing) -> None:
        template = random.choice(self.measured)
        await anyio.sleep(template.result.seconds * random.uniform(0.5, 1.5))
        goal = work.goals[0]
        result = template.result.model_copy(update={"digest": goal.digest, "name": goal.name})
        hear(template.model_copy(update={"digest": goal.digest, "attempt": work.attempts[0], "result": result}))
        self.attempts += self.counting

    def health(self) -> Sequence[Health]:
        return ()


def endless() -> Iterator[Goal]:
    number = 0
    while True:
        number += 1
        yield Goal(f"g{number}", f"theorem g{number} : {number} = {number}")


@dataclass
class Load:
    """What a coordinator did in so many seconds."""

    workers: int
    attempts: float
    offered: float
    core: float
    megabytes: float


async def measured_load(folder: Path, config: BatchConfig, executor: Simulated, seconds: float) -> Load:
    journal = Journal.open(folder, config)
    mean = sum(each.result.seconds for each in executor.measured) / len(executor.measured)
    batch = Batch(journal, endless, executor, [Budget(60.0)])
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(batch.run)
            await anyio.sleep(1.5 * max(each.result.seconds for each in executor.measured))  # until workers are apart
            executor.counting = True
            began, used = time.monotonic(), time.process_time()
            await anyio.sleep(seconds)
            took, cpu = time.monotonic() - began, time.process_time() - used
            executor.counting = False
            group.cancel_scope.cancel()
    finally:
        journal.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Load(executor.jobs, executor.attempts / took, executor.jobs / mean, cpu / took, peak)


def small_run(folder: Path) -> Path:
    goals = folder / "goals.jsonl"
    goals.write_text("".join(EASY.format(number) for number in range(24)), encoding="utf-8")
    command = [sys.executable, "-m", "proofagent", "batch", str(goals), "--out", str(folder / "real"), "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder / "real"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--run", type=Path)
    options.add_argument("--workers", default="10,1000,10000")
    options.add_argument("--seconds", type=float, default=20.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="proofagent-scheduler-") as name:
        run = chosen.run or small_run(Path(name))
        events = list(read_events(run))
        config = next(event.config for event in events if isinstance(event, Started))
        ended = [event for event in events if isinstance(event, Ended)]
        mean = sum(event.result.seconds for event in ended) / len(ended)
        size = (run / NAME).stat().st_size / len(ended)
        print(
            f"attempts of {run.name}: {len(ended)}, {mean:.2f} s each on average, {size / 1024:.1f} KB of journal each"
        )
        print(
            f"{'workers':>8} {'attempts/s':>11} {'events/s':>9} {'of what they could':>19} {'of a core':>10} {'MB':>6}"
        )
        best = 0.0
        for workers in map(int, chosen.workers.split(",")):
            folder = Path(name) / f"run{workers}"
            load = anyio.run(measured_load, folder, config, Simulated(workers, ended), chosen.seconds)
            best = max(best, load.attempts)
            part, rate = load.attempts / load.offered, load.attempts
            print(
                f"{workers:>8} {rate:>11.1f} {3 * rate:>9.0f} {part:>18.0%} {load.core:>10.0%} {load.megabytes:>6.0f}"
            )
        print(f"the most attempts a second bear {best * mean:,.0f} workers whose attempts take {mean:.2f} s")


if __name__ == "__main__":
    main()
