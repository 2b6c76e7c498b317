"""How many goals of a file are proved, what proved them, and what the search cost.

    python benchmarks/solve_rate.py GOALS.jsonl [--time 60] [--candidates N] [--jobs 2] [--lemmas 16]
                                                [--memory FILE] [--only NAME] [--every K] [--offset N]
                                                [--limit N] [--json FILE]

All goals share one pool of engines; every goal has one worker. With `--lemmas` the portfolio is joined by tactics with
so many lemmas of the library, with `--memory` by those that proved something before: a goal is tried with what the
goals before it taught. `--every K` takes each K-th goal. Ctrl-C prints what was found so far.

To learn from one half of a file and to see what that is worth on the other:

    python benchmarks/solve_rate.py GOALS.jsonl --lemmas 16 --every 2 --memory half.db
    python benchmarks/ablation.py GOALS.jsonl --every 2 --offset 1 --memory half.db --time 5 \\
                                  --only "+ retrieval,+ memory of others"
"""

import argparse
import json
import math
import signal
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import anyio

from proofagent.errors import ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_jsonl
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import Pool
from proofagent.proof.script import Script, Step, size, tactics
from proofagent.propose.base import no_lemmas
from proofagent.propose.memory.memory import Memory
from proofagent.propose.team import TacticsTeam
from proofagent.runs.attempt import Attempt, attempt
from proofagent.runs.lemmas import LibraryLemmas
from proofagent.types import Budget

HEARTBEATS = 40_000
CANDIDATES = 1_000_000
WIDTH = 90


@dataclass
class Row:
    """What became of one goal."""

    name: str
    outcome: str
    end: str = ""
    seconds: float = 0.0
    candidates: int = 0
    timeouts: int = 0
    engines_lost: int = 0
    refused: Sequence[str] = ()
    """Why the gate did not accept whole scripts of the warm engine, one reason a script."""
    why: str = ""
    steps: int = 0
    proof: str = ""
    origins: list[str] = field(default_factory=list)
    """Who proposed each tactic of the proof, in the order of the text."""


@dataclass
class Run:
    """All rows so far, and what the pool did."""

    goals: int
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0
    engines_started: int = 0
    engines_replaced: int = 0
    interrupted: bool = False

    @property
    def proved(self) -> list[Row]:
        return [row for row in self.rows if row.outcome == "proved"]


def row_of(made: Attempt) -> Row:
    """The row of an attempt."""
    verdict = made.verdict
    reasons = "; ".join(f"{r.code}: {r.text}" for r in verdict.reasons) if verdict else ""
    proved = made.outcome == "proved" and made.script is not None
    return Row(
        name=made.goal.name,
        outcome=made.outcome,
        end=made.end,
        seconds=round(made.seconds, 2),
        candidates=made.spent.candidates,
        timeouts=made.spent.timeouts,
        engines_lost=made.spent.engines_lost,
        refused=made.refused,
        why=reasons or (verdict.why if verdict else ""),
        steps=size(made.script) if proved and made.script else 0,
        proof=one_line(made.script) if proved and made.script else "",
        origins=_origins(made, made.script) if proved and made.script else [],
    )


def _origins(made: Attempt, script: Script) -> list[str]:
    known = {step.tactic: step.origin for step in made.graph.steps.values()}
    return [known.get(tactic, "?") for tactic in tactics(script)]


def one_line(script: Script) -> str:
    """A proof in one line: `t; u` one after the other, `t [a | b]` with a part for each goal that is left."""
    if not isinstance(script, Step):
        return "sorry"
    text = " ".join(script.tactic.split())
    if not script.children:
        return text
    if len(script.children) == 1:
        return f"{text}; {one_line(script.children[0])}"
    return f"{text} [{' | '.join(map(one_line, script.children))}]"


async def measure(
    run: Run, goals: Sequence[Goal], budget: Budget, jobs: int, *, lemmas: int, memory: Memory | None
) -> None:
    """Attempt all goals, `jobs` at a time; Ctrl-C ends it early."""
    began = time.monotonic()
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with embedded_pool(size=jobs) as pool:
            pool.warm(Header(goals[0].imports))
            team = TacticsTeam(LibraryLemmas(pool, lemmas) if lemmas else no_lemmas, memory, refute=False)
            slots = anyio.Semaphore(jobs)
            async with anyio.create_task_group() as group:

                async def watch() -> None:
                    async for _ in signals:
                        run.interrupted = True
                        group.cancel_scope.cancel()

                async def everything() -> None:
                    async with anyio.create_task_group() as workers:
                        for goal in goals:
                            await slots.acquire()
                            workers.start_soon(_one, goal, pool, team, budget, run, slots)
                    group.cancel_scope.cancel()

                group.start_soon(watch)
                group.start_soon(everything)
            run.engines_started, run.engines_replaced = pool.stats.started, pool.stats.replaced
    run.seconds = round(time.monotonic() - began, 1)


async def _one(goal: Goal, pool: Pool, team: TacticsTeam, budget: Budget, run: Run, slots: anyio.Semaphore) -> None:
    try:
        made = await attempt(goal, pool, team(goal), budget)
        made.graph.check()
        if team.memory is not None:
            team.memory.remember(made.graph, goal)
        row = row_of(made)
    except ProofAgentError as error:
        row = Row(goal.name, "error", why=" ".join(str(error).split()))
    finally:
        slots.release()
    run.rows.append(row)
    print(line_of(run, row), flush=True)


def line_of(run: Run, row: Row) -> str:
    """One goal in one line."""
    what = row.proof or row.why or row.end
    cost = f"{row.seconds:6.1f} s {row.candidates:5d} candidates"
    return f"{len(run.proved):3d}/{len(run.rows):3d}  {row.outcome:9} {cost}  {row.name}: {_short(what)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; 0 of nothing."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else 0.0


def summary(run: Run) -> str:
    """Everything that is printed at the end."""
    lines = ["", "how:"]
    lines += [
        f"  {row.name}: steps {row.steps} ({', '.join(dict.fromkeys(row.origins))})  {_short(row.proof)}"
        for row in sorted(run.proved, key=lambda row: (row.steps, row.name))
    ]
    firsts = Counter(row.proof.split()[0].rstrip(";") for row in run.proved)
    origins = Counter(origin.split(" by ")[0] for row in run.proved for origin in row.origins)
    steps = Counter(row.steps for row in run.proved)
    lines += [
        "",
        "first tactics: " + (", ".join(f"{head} {n}" for head, n in firsts.most_common()) or "-"),
        "origins of all tactics: " + (", ".join(f"{origin} {n}" for origin, n in origins.most_common()) or "-"),
        "steps: " + (", ".join(f"{n} of {count}" for count, n in sorted(steps.items())) or "-"),
        "",
        *_disagreement(run.rows),
        *_costs(run),
    ]
    unfinished = run.goals - len(run.rows)
    tail = f" ({unfinished} not finished: interrupted)" if unfinished else ""
    lines.append(f"ACCEPTED {len(run.proved)} of {run.goals}{tail} in {run.seconds:.0f} s")
    return "\n".join(lines)


def _disagreement(rows: Sequence[Row]) -> list[str]:
    refused = [row for row in rows if row.refused]
    checked = sum(len(row.refused) for row in rows) + sum(row.outcome == "proved" for row in rows)
    unaccepted = sum(len(row.refused) for row in refused)
    head = f"whole scripts of the warm engine: {checked}, not accepted by the gate: {unaccepted}"
    return [head, *(f"  {row.name} ({row.outcome} at last): {_short(why)}" for row in refused for why in row.refused)]


def _costs(run: Run) -> list[str]:
    lines = []
    for name, rows in (("all", run.rows), ("proved", run.proved)):
        seconds, candidates = [row.seconds for row in rows], [float(row.candidates) for row in rows]
        if rows:
            lines.append(
                f"{name:7} seconds median {statistics.median(seconds):.1f}, 90 % {percentile(seconds, 0.9):.1f}; "
                f"candidates median {statistics.median(candidates):.0f}, 90 % {percentile(candidates, 0.9):.0f}"
            )
    timeouts, lost = sum(row.timeouts for row in run.rows), sum(row.engines_lost for row in run.rows)
    engines = f"engines started {run.engines_started}, replaced {run.engines_replaced}"
    return [*lines, f"candidates timed out {timeouts}, engines lost at a candidate {lost}; {engines}"]


def read_goals(path: Path, only: str | None, every: int, limit: int | None, offset: int = 0) -> list[Goal]:
    """The goals that are to be measured; broken lines are named and left out."""
    goals = []
    for goal in from_jsonl(path):
        if isinstance(goal, BadLine):
            print(f"line {goal.line}: {goal.message}")
        elif only is None or goal.name == only:
            goals.append(goal)
    return goals[offset::every][:limit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("goals", type=Path, metavar="GOALS.jsonl")
    parser.add_argument("--time", type=float, default=60.0, help="seconds for each goal")
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help="for each goal")
    parser.add_argument("--jobs", type=int, default=2, help="goals at a time")
    parser.add_argument("--only", help="the name of a single goal")
    parser.add_argument("--lemmas", type=int, default=0, help="lemmas of the library at each goal")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th goal only")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="leave out the first N goals")
    parser.add_argument("--limit", type=int, help="only so many goals, from the beginning")
    parser.add_argument("--memory", type=Path, metavar="FILE", help="a memory, which learns what is proved")
    parser.add_argument("--json", type=Path, help="write all rows to this file")
    given = parser.parse_args()
    try:
        goals = read_goals(given.goals, given.only, given.every, given.limit, given.offset)
        budget = Budget(given.time, given.candidates, HEARTBEATS)
        if not goals:
            parser.exit(64, "there is no goal to prove\n")
        run = Run(len(goals))
        memory = Memory.open(given.memory) if given.memory else None
        anyio.run(partial(measure, run, goals, budget, given.jobs, lemmas=given.lemmas, memory=memory))
    except ProofAgentError as error:
        parser.exit(2, f"error: {error}\n")
    print(summary(run))
    if given.json:
        given.json.write_text(json.dumps(asdict(run), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
