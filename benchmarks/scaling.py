"""What a second engine brings, and what a job takes: `scaling.py [--goals FILE] [--count 24] [--rounds 2]`.

The same goals in batches of one job and of two, by turns, each anew. Printed: goals and candidates a minute and their
ratios (goals that nobody proves take their whole time, so there the candidates tell); the most memory of all Lean
processes for each job; and what part of a core Python is busy while Lean has one, which says how many engines one
process can feed.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from proofagent.runs.journal import Ended, read_events

EASY = '{{"name": "e{0}", "statement": "theorem e{0} (x y : Nat) (h : x < y + {0}) : x + 1 ≤ y + {0}"}}\n'
_EVERY_SECONDS = 0.25


@dataclass
class Used:
    """What the processes of one batch have taken; seconds of processors, bytes."""

    seconds: float = 0.0
    goals: int = 0
    candidates: int = 0
    python: float = 0.0
    lean: dict[int, float] = field(default_factory=dict)
    memory: int = 0


def used(goals: Path, jobs: int, folder: Path, seconds: float) -> Used:
    limits = "--time", str(seconds), "--first", str(seconds), "--no-refute"
    command = [sys.executable, "-m", "proofagent", "batch", str(goals), "--out", str(folder), "--jobs", str(jobs)]
    found, began = Used(), time.monotonic()
    with subprocess.Popen([*command, "--quiet", *limits], stdout=subprocess.DEVNULL) as batch:
        process = psutil.Process(batch.pid)
        while batch.poll() is None:
            look(process, found)
            time.sleep(_EVERY_SECONDS)
    found.seconds = time.monotonic() - began
    ended = [event.result for event in read_events(folder) if isinstance(event, Ended)]
    found.goals, found.candidates = len(ended), sum(result.candidates for result in ended)
    return found


def look(process: psutil.Process, found: Used) -> None:
    together = 0
    try:
        times = process.cpu_times()
        found.python = times.user + times.system
        for child in process.children(recursive=True):
            times = child.cpu_times()
            found.lean[child.pid] = times.user + times.system
            together += child.memory_info().rss
    except psutil.Error:
        return
    found.memory = max(found.memory, together)


def candidates_a_minute(made: list[Used]) -> float:
    return statistics.median(60 * each.candidates / each.seconds for each in made)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--goals", type=Path)
    options.add_argument("--count", type=int, default=24)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--time", type=float, default=20.0)
    chosen = options.parse_args()
    runs: dict[int, list[Used]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory(prefix="scaling-") as name:
        goals = chosen.goals or Path(name) / "goals.jsonl"
        if chosen.goals is None:
            goals.write_text("".join(EASY.format(number) for number in range(chosen.count)), encoding="utf-8")
        for turn in range(chosen.rounds):
            for jobs, made in runs.items():
                made.append(used(goals, jobs, Path(name) / f"run{jobs}-{turn}", chosen.time))
    for jobs, made in runs.items():
        rate = statistics.median(60 * each.goals / each.seconds for each in made)
        tried = candidates_a_minute(made)
        memory = max(each.memory for each in made) / jobs / 1e9
        share = statistics.median(each.python / sum(each.lean.values()) for each in made)
        print(
            f"{jobs} jobs: {rate:.1f} goals and {tried:.0f} candidates a minute, {memory:.2f} GB a job, "
            f"Python is busy {share:.0%} of Lean's time"
        )
    one, two = (statistics.median(each.seconds for each in runs[jobs]) for jobs in (1, 2))
    tried = candidates_a_minute(runs[2]) / candidates_a_minute(runs[1])
    print(
        f"two engines are {one / two:.2f} times as fast as one, and try {tried:.2f} times as many candidates a minute"
    )


if __name__ == "__main__":
    main()
