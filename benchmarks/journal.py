"""What a journal of a million events costs: `journal.py [--events 1000000]`.

Writes events of a batch as they are (a real file; synced at the end only, which is what the disk takes and not what we
do), then reads them back one by one, and tells of both the speed, and of reading the memory at its beginning and end.
Half of the events are ends of attempts with a proof and a small search.
"""

import argparse
import tempfile
import time
from pathlib import Path

import psutil

from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import ProofState, parse_goals
from proofagent.runs.journal import NAME, BatchConfig, Began, Ended, Journal, read_events
from proofagent.runs.progress import Progress
from proofagent.runs.results import GoalResult
from proofagent.runs.searched import searched

CONFIG = BatchConfig(
    goals="goals.jsonl",
    goals_sha256="0" * 64,
    engine="embedded",
    lean="",
    seconds=60.0,
    first_seconds=5.0,
    candidates=100_000,
    heartbeats=40_000,
    strategy="best-first",
    keep=1,
    prefer="golf",
)


def search() -> ProofGraph:
    graph = ProofGraph(ProofState(tuple(parse_goals("x y : Nat\nh : x < y\n⊢ x + 1 ≤ y"))))
    graph.add_failure(0, "rfl", "The rfl tactic failed")
    graph.add_step(0, "omega", (), origin="portfolio")
    return graph


def written(folder: Path, count: int, goals: int) -> float:
    journal, looked = Journal.open(folder, CONFIG), searched(search())
    result = GoalResult(
        name="e", origin="", statement="theorem e : p", digest="d", outcome="proved", end="complete", proof="omega"
    )
    began = time.perf_counter()
    for number in range(count // 2):
        digest, attempt = f"{number % goals:064x}", f"{number:x}.0"
        journal.write(Began(digest=digest, seconds=5.0, attempt=attempt), durable=False)
        journal.write(Ended(digest=digest, seconds=5.0, attempt=attempt, result=result, search=looked), durable=False)
    journal.close()
    return time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--goals", type=int, default=10_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="proofagent-journal-") as name:
        folder = Path(name)
        took = written(folder, chosen.events, chosen.goals)
        size = (folder / NAME).stat().st_size
        print(f"{chosen.events:,} events, {size / 1e6:,.0f} MB: written in {took:.1f} s, {chosen.events / took:,.0f}/s")
        memory, process = dict[int, int](), psutil.Process()
        progress, began, number = Progress(), time.perf_counter(), 0
        for event in read_events(folder):
            progress.see(event)
            number += 1
            if number in (chosen.events // 10, chosen.events // 2, chosen.events):
                memory[number] = process.memory_info().rss
        took = time.perf_counter() - began
        print(f"read, with {len(progress.standings):,} goals told apart, in {took:.1f} s, {number / took:,.0f}/s")
        for at, rss in memory.items():
            print(f"  after {at:>9,} events: {rss / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
