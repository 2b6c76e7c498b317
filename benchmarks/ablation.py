"""What each part of the proof search is worth: the same goals with and without it, one table a file.

    python benchmarks/ablation.py GOALS.jsonl [MORE.jsonl ...] [--time 30] [--candidates N] [--jobs 2] [--every K]
                                  [--offset N] [--only VARIANT,...] [--memory FILE] [--json FILE]

A goal is tried by all variants before the next one is, so that whatever else the machine does is shared by them, and
so that Ctrl-C leaves tables that can be compared; who comes first changes from goal to goal, because the first pays
for what Lean keeps of a goal. `+ memory` begins each file with an empty memory: a goal is tried with what the goals
before it taught. `+ memory of others` uses the memory in `--memory` as it is; whether that knows the goals is yours to
look after. `no merging` and the strategies are `+ retrieval` but for that. Each p is that of one comparison (exact
McNemar test, two-sided), not corrected for their number. The second table is about goals that both variants prove, and
what that cost them; its p is that of an exact sign test. The third says who proves how many with a smaller budget. With
`--candidates` the budget is the same on any machine.
"""

import argparse
import json
import math
import signal
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import anyio
from solve_rate import CANDIDATES, HEARTBEATS, Row, read_goals, row_of

from proofagent.errors import ProofAgentError, UsageError
from proofagent.goals.goal import Goal
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import WARM_UP, Pool
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import no_lemmas
from proofagent.propose.memory.memory import Memory
from proofagent.propose.team import TacticsTeam
from proofagent.runs.attempt import attempt
from proofagent.runs.lemmas import LibraryLemmas
from proofagent.search.settings import Settings
from proofagent.search.strategies import STRATEGIES
from proofagent.types import Budget

LEMMAS = 16
RETRIEVAL, MEMORY, OTHERS = "+ retrieval", "+ memory", "+ memory of others"
WITHIN = (12, 25, 50, 100, 200)
"""Candidates."""
SIDE = 1.959964  # half the width of a 95 % interval, in standard deviations
HEAD = f"{'variant':18} {'solved':>9}  {'share':>6} {'95 % interval':>15} {'median s':>8} {'candidates':>10} errors"


@dataclass(frozen=True, slots=True)
class Variant:
    name: str
    lemmas: bool = True
    settings: Settings = field(default_factory=Settings)


VARIANTS = (
    Variant("portfolio", lemmas=False),
    Variant(RETRIEVAL),
    Variant(MEMORY),
    Variant(OTHERS),
    Variant("no merging", settings=Settings(merge=False)),
    *(Variant(name, settings=Settings(strategy=STRATEGIES[name])) for name in ("beam", "puct", "depth-first")),
)


@dataclass(slots=True)
class Table:
    """What the variants made of the goals of one file."""

    path: Path
    goals: Sequence[Goal]
    rows: dict[str, dict[int, Row]]
    """By variant and by the place of the goal, because names may occur twice."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What is the same for all goals; `others` is the memory of `+ memory of others`."""

    variants: Sequence[Variant]
    budget: Budget
    jobs: int
    others: Memory | None


async def measure(tables: Sequence[Table], work: Work) -> None:
    """Attempt everything, `jobs` goals at a time; Ctrl-C ends it early."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with embedded_pool(size=work.jobs) as pool:
            await _warm_up(pool, tables[0].goals[0], work.jobs)
            async with anyio.create_task_group() as group:

                async def watch() -> None:
                    async for _ in signals:
                        group.cancel_scope.cancel()

                async def everything() -> None:
                    for table in tables:
                        await _fill(table, work, pool)
                    group.cancel_scope.cancel()

                group.start_soon(watch)
                group.start_soon(everything)


async def _warm_up(pool: Pool, goal: Goal, jobs: int) -> None:
    """Start all engines, so that no goal pays for that."""
    header = Header(goal.imports)
    pool.warm(header)
    async with anyio.create_task_group() as group:
        for _ in range(jobs):
            group.start_soon(lambda: pool.elaborate(header, WARM_UP, deadline=60.0))


async def _fill(table: Table, work: Work, pool: Pool) -> None:
    teams = {variant.name: await _team(variant, work, pool, table.goals[0]) for variant in work.variants}
    began, slots = time.monotonic(), anyio.Semaphore(work.jobs)

    async def one(place: int, variant: Variant) -> None:
        try:
            row = await _row(table.goals[place], pool, teams[variant.name], work.budget, variant)
        finally:
            slots.release()
        table.rows[variant.name][place] = row
        table.seconds = round(time.monotonic() - began, 1)
        cost = f"{row.seconds:6.1f} s {row.candidates:5d} candidates"
        print(f"{place + 1:3d}/{len(table.goals)}  {variant.name:18} {row.outcome:9} {cost}  {row.name}", flush=True)

    async with anyio.create_task_group() as group:
        for place in range(len(table.goals)):
            first = place % len(work.variants)
            for variant in (*work.variants[first:], *work.variants[:first]):
                await slots.acquire()
                group.start_soon(one, place, variant)


async def _team(variant: Variant, work: Work, pool: Pool, goal: Goal) -> TacticsTeam:
    """The team of a variant, which shares nothing with the others; its index of lemmas is loaded."""
    memory = {MEMORY: Memory(), OTHERS: work.others}.get(variant.name)
    if not variant.lemmas:
        return TacticsTeam(no_lemmas, memory, refute=False)
    lemmas = LibraryLemmas(pool, LEMMAS)
    if not await lemmas(goal, ProofState(parse_goals("a b : Nat\n⊢ a + b = b + a"))):
        print(f"warning: {variant.name} finds no lemmas; is the library there?", flush=True)
    return TacticsTeam(lemmas, memory, refute=False)


async def _row(goal: Goal, pool: Pool, team: TacticsTeam, budget: Budget, variant: Variant) -> Row:
    try:
        made = await attempt(goal, pool, team(goal), budget, settings=variant.settings)
    except ProofAgentError as error:
        return Row(goal.name, "error", why=" ".join(str(error).split()))
    if team.memory is not None and variant.name == MEMORY:
        team.memory.remember(made.graph, goal)
    return row_of(made)


def wilson(solved: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share (1927, doi 10.1080/01621459.1927.10502953)."""
    if not total:
        return 0.0, 1.0
    share, room = solved / total, SIDE**2 / total
    half = SIDE * math.sqrt(share * (1 - share) / total + room / (4 * total))
    return max(0.0, (share + room / 2 - half) / (1 + room)), min(1.0, (share + room / 2 + half) / (1 + room))


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided p of so many pairs that differ one way and so many that differ the other way."""
    tail = sum(math.comb(gained + lost, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << (gained + lost)))


def compared(rows: Mapping[int, Row], other: Mapping[int, Row]) -> tuple[int, int]:
    """How many goals are proved here and not there, and there and not here, of those that both have tried."""
    both = [(rows[place].outcome == "proved", other[place].outcome == "proved") for place in rows.keys() & other.keys()]
    return both.count((True, False)), both.count((False, True))


def economy(rows: Mapping[int, Row], other: Mapping[int, Row]) -> str:
    """What the goals cost that are proved here and there."""
    both = [
        (row, other[place])
        for place, row in rows.items()
        if row.outcome == "proved" and place in other and other[place].outcome == "proved"
    ]
    fewer = sum(here.candidates < there.candidates for here, there in both)
    more = sum(here.candidates > there.candidates for here, there in both)
    here, there = (sum(pair[side].candidates for pair in both) for side in (0, 1))
    times = [sum(pair[side].seconds for pair in both) for side in (0, 1)]
    return (
        f"{len(both):4d} goals, candidates {here:6d} against {there:6d}: fewer at {fewer:3d}, more at {more:3d}, "
        f"p {mcnemar(fewer, more):.3f}; {times[0]:6.0f} s against {times[1]:6.0f} s"
    )


def within(rows: Mapping[int, Row], other: Mapping[int, Row], most: int) -> str:
    """How many goals are proved here, and there, with so many candidates at most."""
    cheap = [
        {place: row if row.candidates <= most else replace(row, outcome="unproved") for place, row in some.items()}
        for some in (rows, other)
    ]
    here, there = (sum(row.outcome == "proved" for row in some.values()) for some in cheap)
    gained, lost = compared(*cheap)
    return f"{most:6d}: {here:4d} against {there:4d}  +{gained} -{lost} p {mcnemar(gained, lost):.3f}"


def shown(table: Table, work: Work) -> str:
    """One file's table."""
    done = min(map(len, table.rows.values()))
    head = f"{table.path}: {len(table.goals)} goals{'' if done == len(table.goals) else f' (INTERRUPTED after {done})'}"
    most = f", {work.budget.candidates} candidates" if work.budget.candidates < CANDIDATES else ""
    cost = f"{work.budget.seconds:g} s{most} each, {work.jobs} at a time, {table.seconds:.0f} s in all"
    references = [name for name in (MEMORY, RETRIEVAL) if name in table.rows and len(table.rows) > 1]
    against = "".join(f"  {f'against {name}':>21}" for name in references)
    note = ["against: +goals that only this one solves, -goals that only the other solves, exact McNemar p"]
    lines = [_line(name, table, references).rstrip() for name in table.rows]
    costs = [
        f"{name:18} {economy(rows, table.rows[reference])} for {reference}"
        for reference in references
        for name, rows in table.rows.items()
        if name != reference
    ]
    budgets = [
        f"{name:18} {within(rows, table.rows[reference], most)} for {reference}"
        for reference in references
        for name, rows in table.rows.items()
        if name != reference
        for most in WITHIN
        if most <= work.budget.candidates
    ]
    second = ["", "on goals that both prove:", *costs, "", "proved with so many candidates at most:", *budgets]
    second = second if references else []
    return "\n".join([f"{head}, {cost}", HEAD + against, *lines, *(note if references else []), *second])


def _line(name: str, table: Table, references: Sequence[str]) -> str:
    rows = list(table.rows[name].values())
    proved = [row.seconds for row in rows if row.outcome == "proved"]
    low, high = wilson(len(proved), len(rows))
    median = f"{statistics.median(proved):.1f}" if proved else "-"
    candidates, errors = sum(row.candidates for row in rows), sum(row.outcome == "error" for row in rows)
    line = f"{name:18} {f'{len(proved)}/{len(rows)}':>9}  {len(proved) / max(1, len(rows)):6.1%} "
    line += f"{f'{low:.1%} - {high:.1%}':>15} {median:>8} {candidates:10d} {errors:6d}"
    for reference in references:
        gained, lost = compared(table.rows[name], table.rows[reference])
        text = "" if name == reference else f"+{gained} -{lost} p {mcnemar(gained, lost):.3f}"
        line += f"  {text:>21}"
    return line


def chosen(only: str | None, *, others: bool) -> list[Variant]:
    """The variants to be run, in the order of the table. Raises `UsageError` where one does not exist."""
    usual = [variant for variant in VARIANTS if others or variant.name != OTHERS]
    if only is None:
        return usual
    names, known = {name.strip() for name in only.split(",")}, [variant.name for variant in usual]
    if unknown := names.difference(known):
        raise UsageError(f"no variant {', '.join(sorted(unknown))} here; there are: {', '.join(known)}")
    return [variant for variant in usual if variant.name in names]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("goals", type=Path, nargs="+", metavar="GOALS.jsonl")
    parser.add_argument("--time", type=float, default=30.0, help="seconds for each goal")
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help="for each goal")
    parser.add_argument("--jobs", type=int, default=2, help="goals at a time")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th goal only")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="leave out the first N goals of each file")
    parser.add_argument("--only", metavar="VARIANT,...", help="these variants only")
    parser.add_argument("--memory", type=Path, metavar="FILE", help="a memory, which is read only")
    parser.add_argument("--json", type=Path, help="write all rows to this file")
    given = parser.parse_args()
    try:
        if given.memory is not None and not given.memory.is_file():
            raise UsageError(f"there is no memory {given.memory}")  # to open it would make it
        variants = chosen(given.only, others=given.memory is not None)
        read = {path: read_goals(path, None, given.every, None, given.offset) for path in given.goals}
        tables = [Table(path, goals, {v.name: {} for v in variants}) for path, goals in read.items() if goals]
        if not tables:
            raise UsageError("there is no goal to prove")
        others = None if given.memory is None else Memory.open(given.memory)
        work = Work(variants, Budget(given.time, given.candidates, HEARTBEATS), given.jobs, others)
        anyio.run(measure, tables, work)
    except ProofAgentError as error:
        parser.exit(64 if isinstance(error, UsageError) else 2, f"error: {error}\n")
    print("\n" + "\n\n".join(shown(table, work) for table in tables))
    if given.json:
        files = [asdict(table) | {"path": str(table.path), "goals": len(table.goals)} for table in tables]
        found = {"budget": asdict(work.budget), "jobs": work.jobs, "files": files}
        given.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
