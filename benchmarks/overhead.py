"""How much of a search is Lean's work and how much is ours, and what a second engine is worth.

    python benchmarks/overhead.py GOALS.jsonl [--time 10] [--limit 20] [--memory FILE] [--json FILE]
    python benchmarks/overhead.py GOALS.jsonl --engines [--rounds 2] [--candidates 150] [--limit 20] ...

The first form searches with one engine, one goal at a time, and counts when no request of the search is at an engine
(from the request's line to the reply's, where replies are not yet read); then it does so again under a profiler. Starts
of spare engines in the background are not counted. The second form does the same work, so many candidates of each
goal, with one engine and with two; whoever begins a round ends the next one, because the speed of a machine drifts. It
all means something on an idle machine only. The gate takes no part.
"""

import argparse
import cProfile
import json
import os
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType
from unittest import mock

import anyio
from solve_rate import CANDIDATES, HEARTBEATS, read_goals

import proofagent
from proofagent.errors import ProofAgentError, UsageError
from proofagent.goals.goal import Goal
from proofagent.lean.child import Child
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import WARM_UP, Pool
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.memory.memory import Memory
from proofagent.propose.team import TacticsTeam
from proofagent.runs.lemmas import LibraryLemmas
from proofagent.runs.text import opened, openings
from proofagent.search.loop import search
from proofagent.search.prover import LeanProver
from proofagent.types import Budget

SPARES, LEMMAS, SHOWN = 2, 16, 10
QUIET_SECONDS, AMPLE_SECONDS = 120.0, 3_600.0
MOST_FRAMES = 40  # of libraries between what is done and who wants it
OURS = str(Path(proofagent.__file__).parent)

Span = tuple[float, float]


@dataclass(slots=True)
class Requests:
    """When engines were at work for a search, and how many requests of any kind are with one now."""

    spans: list[Span] = field(default_factory=list)
    running: int = 0


@dataclass(slots=True)
class Run:
    """What searches cost: when each was at work, all together, and the processor time of our own process."""

    spans: list[Span] = field(default_factory=list)
    wall: float = 0.0
    processor: float = 0.0
    engines: float = 0.0
    """Processor time of the Lean processes, all threads, from their start to their end."""

    candidates: int = 0
    timeouts: int = 0
    proved: int = 0
    failed: int = 0

    @property
    def searching(self) -> float:
        return sum(end - begin for begin, end in self.spans)


@contextmanager
def watched() -> Iterator[Requests]:
    """Note when requests go to engines and when their replies are there."""
    found, ask = Requests(), Child.request

    async def request(child: Child, fields: Mapping[str, object], *, deadline: float) -> bytes:
        began = time.perf_counter()
        found.running += 1
        try:
            return await ask(child, fields, deadline=deadline)
        finally:
            found.running -= 1
            if fields["op"] != "import" and fields.get("source") != WARM_UP:  # those are of spares
                found.spans.append((began, time.perf_counter()))

    with mock.patch.object(Child, "request", request):
        yield found


def overlap(spans: Sequence[Span], within: Sequence[Span]) -> float:
    """For how long of `within`, which do not overlap, at least one of `spans` lasts."""
    total = done = 0.0
    for begin, end in within:
        for first, last in sorted(spans):
            total += max(0.0, min(last, end) - max(first, begin, done))
            done = max(done, min(last, end))
    return total


@dataclass(frozen=True, slots=True)
class Work:
    goals: Sequence[Goal]
    budget: Budget
    memory: Memory | None


async def run_all(work: Work, jobs: int, requests: Requests, profile: cProfile.Profile | None = None) -> Run:
    """Search for all proofs with `jobs` engines, as many goals at a time; what is started first is not counted."""
    made, before = Run(), _children()
    async with embedded_pool(size=jobs, spares=SPARES) as pool:
        lemmas = LibraryLemmas(pool, LEMMAS)
        await _settle(pool, work.goals[0], requests)
        await lemmas(work.goals[0], ProofState(parse_goals("a b : Nat\n⊢ a + b = b + a")))
        team = TacticsTeam(lemmas, work.memory, refute=False)
        slots, began, processor = anyio.Semaphore(jobs), time.perf_counter(), time.process_time()

        async def one(goal: Goal) -> None:
            try:
                prover = LeanProver(opened(goal, openings(goal)[0]), pool, heartbeats=work.budget.heartbeats)
                await prover.start()
                began = time.perf_counter()
                with profile or nullcontext():
                    found = await search(goal, prover, team(goal).proposer, work.budget)
                made.spans.append((began, time.perf_counter()))
                made.candidates += found.spent.candidates
                made.timeouts += found.spent.timeouts
                made.proved += found.end == "complete"
            except ProofAgentError as error:
                made.failed += 1
                print(f"{goal.name}: {error}", flush=True)
            finally:
                slots.release()

        async with anyio.create_task_group() as group:
            for goal in work.goals:
                await slots.acquire()
                group.start_soon(one, goal)
        made.wall, made.processor = time.perf_counter() - began, time.process_time() - processor
    made.engines = _children() - before
    return made


def _children() -> float:
    """Processor seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _settle(pool: Pool, goal: Goal, requests: Requests) -> None:
    """Start all engines and wait until the spares are warm: they would take the processors of the search."""
    header = Header(goal.imports)
    pool.warm(header)
    async with anyio.create_task_group() as group:
        for _ in range(pool.size):
            group.start_soon(lambda: pool.elaborate(header, WARM_UP, deadline=QUIET_SECONDS))
    quiet = 0
    with anyio.move_on_after(QUIET_SECONDS):
        while quiet < 2:  # between two requests of a start there is a moment without one
            await anyio.sleep(0.5)
            quiet = quiet + 1 if pool.stats.started >= pool.size + SPARES and not requests.running else 0


def hot(profile: cProfile.Profile) -> tuple[list[str], float]:
    """Lines about the dearest functions of ours, and the seconds of everything that was profiled.

    What a library does is charged to whoever called it, in proportion where several did, up to the first function of
    ours; the event loop is nobody's.
    """
    entries = profile.getstats()
    callers: defaultdict[CodeType | str, dict[CodeType | str, float]] = defaultdict(dict)
    for entry in entries:
        for call in entry.calls or ():
            callers[call.code][entry.code] = call.totaltime
    own, charged = defaultdict[CodeType, float](float), {entry.code: entry.inlinetime for entry in entries}
    for _ in range(MOST_FRAMES):
        passed = defaultdict[CodeType | str, float](float)
        for code, seconds in charged.items():
            if isinstance(code, CodeType) and code.co_filename.startswith(OURS):
                own[code] += seconds
            elif total := sum(callers[code].values()):
                for caller, share in callers[code].items():
                    passed[caller] += seconds * share / total
        charged = dict(passed)
    whole, ours = sum(entry.inlinetime for entry in entries) or 1.0, sum(own.values())
    known = {entry.code: f"{entry.totaltime:8.3f} {entry.callcount:8d}" for entry in entries}
    lines = [f"{'own s':>8} {'share':>6} {'with its':>8} {'calls':>8}"]
    for code, seconds in sorted(own.items(), key=lambda item: -item[1])[:SHOWN]:
        place = f"{Path(code.co_filename).relative_to(OURS)}:{code.co_firstlineno}"
        lines.append(f"{seconds:8.3f} {seconds / whole:6.1%} {known[code]}  {code.co_qualname} ({place})")
    lines.append(f"{whole - ours:8.3f} {1 - ours / whole:6.1%} {'':17}  (the event loop)")
    return lines, whole


def overhead(work: Work) -> dict[str, object]:
    """Our share of the time of the searches, and what takes it."""
    with watched() as requests:
        plain = anyio.run(run_all, work, 1, requests)
        lean = overlap(requests.spans, plain.spans)
        profile = cProfile.Profile(time.thread_time)  # what waits for Lean costs nothing by this clock
        anyio.run(run_all, work, 1, requests, profile)
    rest, share = plain.searching - lean, 1 - lean / (plain.searching or 1.0)
    print(f"\n{told(plain)}\nsearching {plain.searching:.2f} s, of which Lean {lean:.2f} s and")
    print(f"THE REST {rest:.2f} s, {share:.1%} (asked: under 10 %); processor time of ours {plain.processor:.2f} s")
    lines, whole = hot(profile)
    print(f"\na second time under the profiler, {whole:.2f} s of processor time:", *lines, sep="\n")
    return {"run": asdict(plain), "lean": lean, "rest": rest, "share": share, "hot": lines}


def engines(work: Work, rounds: int) -> dict[str, object]:
    """How much faster the same work is done by two engines than by one, all rounds together."""
    found: dict[int, list[Run]] = {1: [], 2: []}
    with watched() as requests:
        for number in range(rounds):
            for jobs in (1, 2) if number % 2 == 0 else (2, 1):
                run = anyio.run(run_all, work, jobs, requests)
                found[jobs].append(run)
                cores = (run.engines + run.processor) / run.wall
                print(
                    f"\n{jobs} at work, round {number + 1}: {told(run)}\n"
                    f"processor time {run.engines:.1f} s in Lean, {run.processor:.1f} s in ours: {cores:.2f} cores",
                    flush=True,
                )
    one, two = (sum(run.wall for run in runs) for runs in found.values())
    busy = sum(run.searching for run in found[2]) / (2 * two)
    print(f"\nRATIO {one / two:.2f} on {os.cpu_count()} processors (asked: at least 1.7 on two)")
    print(f"by rounds: {', '.join(f'{a.wall / b.wall:.2f}' for a, b in zip(found[1], found[2], strict=True))}")
    print(f"each of the two is at work for {busy:.0%} of the time")
    return {"one": [asdict(r) for r in found[1]], "two": [asdict(r) for r in found[2]], "ratio": one / two}


def told(run: Run) -> str:
    """A run in one line."""
    goals = f"{len(run.spans)} goals, {run.proved} with a script, {run.failed} could not be searched"
    return f"{run.wall:.2f} s for {run.candidates} candidates, {run.timeouts} timed out; {goals}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("goals", type=Path, metavar="GOALS.jsonl")
    parser.add_argument("--engines", action="store_true", help="compare one engine with two")
    parser.add_argument("--rounds", type=int, default=2, help="so many times, with --engines")
    parser.add_argument("--candidates", type=int, default=150, help="for each goal, with --engines")
    parser.add_argument("--time", type=float, default=10.0, help="seconds for each goal, without --engines")
    parser.add_argument("--limit", type=int, default=20, help="only so many goals, from the beginning")
    parser.add_argument("--memory", type=Path, metavar="FILE", help="a memory, which is read only")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    try:
        goals = read_goals(given.goals, None, 1, given.limit)
        if not goals or (given.memory is not None and not given.memory.is_file()):
            raise UsageError("there is no goal to prove" if not goals else f"there is no memory {given.memory}")
        seconds, most = (AMPLE_SECONDS, given.candidates) if given.engines else (given.time, CANDIDATES)
        work = Work(goals, Budget(seconds, most, HEARTBEATS), Memory.open(given.memory) if given.memory else None)
        print("load of the machine before: {:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg()), flush=True)
        found = engines(work, max(1, given.rounds)) if given.engines else overhead(work)
    except ProofAgentError as error:
        parser.exit(64 if isinstance(error, UsageError) else 2, f"error: {error}\n")
    if given.json:
        given.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
