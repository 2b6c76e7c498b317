"""A long batch that has to stay as small as it began: `soak.py [--goals 2000] [--time 2] [--jobs 2] [--from GOALS]`.

Goals are theorems of the embedded library, drawn by chance from all of `Init`, each to be proved from what its module
imports, so engines have to import other things all the time. Every two seconds all processes of the batch are looked
at. Printed, for each tenth of the run: the memory of the coordinator and of the largest Lean process, how many
processes and open files there are; at the end what is left: processes, temporary files.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from proofagent.runs.journal import Ended, read_events
from proofagent.runs.progress import Progress

_EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class Sample:
    """All processes of a batch at one moment; bytes."""

    seconds: float
    coordinator: int
    largest: int
    together: int
    processes: int
    files: int


def sample(batch: psutil.Process, began: float) -> Sample | None:
    try:
        with batch.oneshot():
            own, files = batch.memory_info().rss, batch.num_fds()
        below = [size for child in batch.children(recursive=True) if (size := resident(child))]
    except psutil.Error:
        return None
    return Sample(time.monotonic() - began, own, max(below, default=0), own + sum(below), 1 + len(below), files)


def resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "proofagent", *arguments]


def watched(folder: Path, scratch: Path, goals: Path, options: argparse.Namespace) -> list[Sample]:
    arguments = "batch", str(goals), "--out", str(folder), "--jobs", str(options.jobs), "--quiet"
    limits = "--time", str(options.time), "--first", str(options.time)
    began, samples = time.monotonic(), list[Sample]()
    environment = os.environ | {"TMPDIR": str(scratch)}
    with subprocess.Popen(command(*arguments, *limits), stdout=subprocess.DEVNULL, env=environment) as batch:
        process, born = psutil.Process(batch.pid), set[psutil.Process]()
        try:
            while batch.poll() is None:
                seen = sample(process, began)
                samples += [seen] if seen is not None else []
                born |= set(below(process))
                time.sleep(_EVERY_SECONDS)
        except KeyboardInterrupt:
            batch.send_signal(signal.SIGINT)  # it finishes what it can
            batch.wait()
    time.sleep(_EVERY_SECONDS)
    left = [each for each in born if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    print(f"{len(born)} processes were begun; left running: {len(left)}; exit code {batch.returncode}")
    return samples


def below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def told(samples: Sequence[Sample]) -> None:
    print(f"{'tenth':>5} {'minutes':>8} {'coordinator':>15} {'largest Lean':>16} {'all MB':>8} {'processes':>10} files")
    size = max(1, len(samples) // 10)
    for tenth in range(10):
        part = samples[tenth * size : (tenth + 1) * size] or samples[-1:]

        def middle(name: str, part: Sequence[Sample] = part) -> float:
            return statistics.median(getattr(each, name) for each in part)

        print(
            f"{tenth + 1:>5} {part[-1].seconds / 60:>8.1f} {middle('coordinator') / 1e6:>15.1f}"
            f" {middle('largest') / 1e6:>16.0f} {middle('together') / 1e6:>8.0f} {middle('processes'):>10.0f}"
            f" {middle('files'):.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goals", type=int, default=2_000)
    parser.add_argument("--time", type=float, default=2.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--from", dest="source", type=Path, help="goals, instead of drawing them")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder, goals = Path(name) / "run", options.source or Path(name) / "goals.jsonl"
        if options.source is None:
            drawn = "goals", "extract", "Init", "--sample", str(options.goals), "-o", str(goals), "--engines", "2", "-q"
            subprocess.run(command(*drawn), check=True)
        scratch = Path(name) / "tmp"
        scratch.mkdir()
        samples = watched(folder, scratch, goals, options)
        progress = Progress.of(read_events(folder))
        attempts = sum(isinstance(event, Ended) for event in read_events(folder))
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in progress.outcomes().most_common())
        print(f"{len(progress.standings)} goals, {attempts} attempts in {samples[-1].seconds / 60:.1f} min: {outcomes}")
        told(samples)
        print(f"temporary files left: {len(list(scratch.iterdir()))}")


if __name__ == "__main__":
    main()
