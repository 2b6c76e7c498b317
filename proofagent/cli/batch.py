"""`proofagent batch`: many goals, for hours, with a journal from which another run goes on."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.text import Text

from proofagent.cli import options as o
from proofagent.cli.batch_screen import Show, outcome_line, shown
from proofagent.cli.console import complain, err, out, print_json
from proofagent.cli.engine import chosen
from proofagent.cli.interrupts import until_told_twice
from proofagent.cli.pictures import cost_line
from proofagent.cli.sources import Source
from proofagent.errors import UsageError
from proofagent.runs.asking import Flags, plan_of
from proofagent.runs.batch import Batch, rounds
from proofagent.runs.bench import Plan
from proofagent.runs.calls import CostModel
from proofagent.runs.executors.opening import Where, open_executor
from proofagent.runs.executors.purse import left_of
from proofagent.runs.journal import BatchConfig, Journal, read_events
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.runs.progress import Progress as Standings
from proofagent.search.strategies import STRATEGIES
from proofagent.types import Budget

_WHERE = "Where"


class BatchReport(BaseModel):
    """What `batch --json` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    run: str
    stopped: str
    """done, interrupted, out-of-time or out-of-candidates."""

    goals: int
    outcomes: dict[str, int]
    bad_lines: int
    seconds: float
    """Of all attempts together, earlier processes' included."""

    cost: CostModel


def batch(
    goals: Annotated[
        str, typer.Argument(help="A .jsonl or .json file of goals, or a Lean file or folder.", metavar="GOALS")
    ],
    out_folder: Annotated[
        Path, typer.Option("--out", metavar="RUN", help="The folder of the run; a new one, or one to go on with.")
    ],
    time: Annotated[float, typer.Option("--time", help="Seconds for each goal, at most.")] = 60.0,
    first: Annotated[
        float, typer.Option("--first", help="Seconds for each goal in the first round; then doubled.")
    ] = 5.0,
    total: Annotated[float | None, typer.Option("--total-time", help="Seconds for all of it.")] = None,
    total_candidates: Annotated[
        int | None, typer.Option("--total-candidates", min=1, help="Tactics that Lean may try in all of it.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            max=100_000,
            help="Goals at a time, each with its Lean; as many as cores and memory allow where nothing is said.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            min=1,
            max=100_000,
            help="Python processes (on a cluster: actors) that share the jobs; one for each 8 jobs if not said.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray",
            metavar="ADDRESS",
            help="Work on the Ray cluster at ADDRESS; `auto` for the one that this machine is part of.",
            rich_help_panel=_WHERE,
        ),
    ] = None,
    serve: Annotated[
        int | None,
        typer.Option(
            "--serve",
            metavar="PORT",
            min=0,
            max=65535,
            help="Show the run on a page at this port of this machine; 0 takes any that is free.",
        ),
    ] = None,
    quality: Annotated[bool, typer.Option(help="Measure what is proved.")] = True,
    candidates: Annotated[int, typer.Option("--candidates", help="Tactics that Lean may try for each goal.")] = 100_000,
    heartbeats: Annotated[int, typer.Option("--heartbeats", help="Lean's maxHeartbeats for one candidate.")] = 40_000,
    keep: o.Keep = 1,
    prefer: o.Prefer = DEFAULT_PROFILE,
    strategy: o.StrategyName = "best-first",
    memory: Annotated[bool, typer.Option(help="Propose what proved other goals of the run.")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Go on with another configuration; the journal notes it.")
    ] = False,
    json: o.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    model: o.ModelNames = None,
    base_url: o.BaseUrl = None,
    key_env: o.KeyEnv = None,
    profile: o.ProfileName = None,
    config: o.ConfigFile = None,
    via: o.Ways = None,
    samples: o.Samples = None,
    temperature: o.Temperature = None,
    repairs: o.Repairs = None,
    tokens: o.Tokens = None,
    dollars: o.Dollars = None,
    prompts: o.PromptFolder = None,
    lemmas: o.Lemmas = None,
    portfolio: o.UsePortfolio = None,
    cascade: o.UseCascade = None,
    judge: o.UseJudge = None,
    refute: o.Refute = None,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
) -> int:
    """Prove many goals, in rounds of doubling time, into a journal that survives whatever happens.

    RUN/journal.jsonl is the only truth: after a kill, a full disk or Ctrl-C the same command goes on and loses at most
    what was running. Ctrl-C lets the goals that are being worked on come to their end; twice stops at once. Exit codes:
    0 all proved, 1 not all, 2 not finished, 64 usage or bad goals.

    Examples of use:

      [bold]proofagent batch goals.jsonl --out run --jobs 2[/]

      [bold]proofagent batch goals.jsonl --out run --jobs 2[/]   (again: goes on, or has nothing left to do)

      [bold]proofagent report run[/]
    """
    flags = Flags(model or (), base_url, key_env, via or (), samples, temperature, repairs, tokens, dollars, prompts)
    flags = replace(flags, portfolio=portfolio, cascade=cascade, judge=judge, refute=refute, lemmas=lemmas)
    # A file on this machine is none on others.
    flags = replace(flags, memory=out_folder / "learnt.db" if memory and ray is None else None)
    if strategy not in STRATEGIES:
        raise UsageError(f"--strategy takes {', '.join(STRATEGIES)}, not {strategy!r}")
    if not 0 < first <= time:
        raise UsageError("--first is more than 0 and at most --time")
    o.demand_time(total)
    source = Source(goals, project)
    plan = Plan(chosen(engine, project, source.near), plan_of(flags, config, profile), strategy, keep, prefer, quality)
    job = _Job(
        source, Budget(time, candidates, heartbeats), first, total, total_candidates, plan, Where(jobs, processes, ray)
    )
    journal = Journal.open(out_folder, _said(job), force=force)
    try:
        standings = Standings.of(read_events(out_folder))
        anyio.run(_ran, job, journal, standings, Show(quiet=quiet or json, serve=serve))
    finally:
        journal.close()
    return _finished(out_folder, standings, json=json)


@dataclass(frozen=True, slots=True)
class _Job:
    """What a run is: everything but its journal."""

    source: Source
    budget: Budget
    first: float
    total: float | None
    total_candidates: int | None
    plan: Plan
    where: Where


def _said(job: _Job) -> BatchConfig:
    """The configuration, as the journal has it: how goals are worked on, and not by how many. Raises `UsageError`."""
    plan, asking, lean = job.plan, job.plan.asking, job.plan.choice.lean
    means = "".join(f"{spec.id} {spec.table.samples} {spec.table.temperature}; " for spec in asking.specs)
    means += f"via {' '.join(asking.via)}; repairs {asking.repairs}; lemmas {asking.lemmas}"
    means += f"; portfolio {asking.portfolio}; cascade {asking.cascade}; judge {asking.judge}; refute {asking.refute}"
    means += f"; memory {asking.memory is not None}; quality {plan.measure}"
    return BatchConfig(
        goals=job.source.target,
        goals_sha256=job.source.digest(),
        engine=plan.choice.engine,
        lean=str(lean.program) if lean is not None else "",
        seconds=job.budget.seconds,
        first_seconds=job.first,
        candidates=job.budget.candidates,
        heartbeats=job.budget.heartbeats,
        strategy=plan.strategy,
        keep=plan.keep,
        prefer=plan.prefer,
        models=tuple(spec.id for spec in asking.specs),
        means=means,
    )


async def _ran(job: _Job, journal: Journal, standings: Standings, show: Show) -> None:
    plan = job.plan.within(left_of(job.plan.asking.limit, standings.cost))  # money is spent once, not once a process
    async with open_executor(plan, job.where) as executor:
        batch = Batch(
            journal,
            job.source.read,
            executor,
            rounds(job.budget, job.first),
            seconds=job.total,
            candidates=job.total_candidates,
            progress=standings,
        )
        async with shown(batch, show):
            if await until_told_twice(batch.run, _stopper(batch)) and not standings.stopped:
                complain("stopped at once; the same command goes on")


def _stopper(batch: Batch) -> Callable[[], None]:
    def stop() -> None:
        batch.stopping = True
        with suppress(OSError, SystemExit):  # a terminal that is gone ends nothing
            err.print(
                Text("the goals that are being worked on come to their end; Ctrl-C again stops at once", "yellow")
            )

    return stop


def _finished(folder: Path, standings: Standings, *, json: bool) -> int:
    outcomes = dict(sorted(standings.outcomes().items()))
    report = BatchReport(
        run=str(folder),
        stopped=standings.stopped or "interrupted",
        goals=len(standings.standings),
        outcomes=outcomes,
        bad_lines=len(standings.bad),
        seconds=round(sum(standing.seconds for standing in standings.standings.values()), 3),
        cost=standings.cost,
    )
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        for bad in standings.bad.values():
            complain(f"line {bad.line}: {bad.message}" if bad.line else bad.message)
        out.print(f"{report.goals} goals: {outcome_line(standings) or 'none'}; {report.seconds:.0f} s of attempts")
        if report.cost != CostModel():
            err.print(Text(cost_line(report.cost, standings.calls), "dim"))
        err.print(Text(f"journal: {folder}; `proofagent report {folder}` tells more", "dim"))
    return _code(report)


def _code(report: BatchReport) -> int:
    if report.stopped != "done" or "undecided" in report.outcomes or "open" in report.outcomes:
        return 2
    if report.bad_lines or "error" in report.outcomes or not report.goals:
        return 64
    return 0 if report.outcomes.keys() <= {"proved"} else 1
