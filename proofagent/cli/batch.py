"""`proofagent batch`: many goals, for hours, with a journal from which another run goes on."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from proofagent.cli import options as o
from proofagent.cli.console import complain, err, out, print_json
from proofagent.cli.engine import chosen
from proofagent.cli.interrupts import until_told_twice
from proofagent.cli.pictures import cost_line
from proofagent.cli.targets import Wanted, read
from proofagent.errors import UsageError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine
from proofagent.lean.engines import Choice, open_pool
from proofagent.lean.pool import Pool
from proofagent.propose.asker import Asked
from proofagent.runs.asking import Asking, Desk, Flags, open_desk, plan_of
from proofagent.runs.batch import Batch, rounds
from proofagent.runs.calls import CostModel
from proofagent.runs.journal import BatchConfig, Ended, Event, Journal, read_events
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.runs.progress import Progress as Standings
from proofagent.runs.session import Session
from proofagent.score.choice import profile_named
from proofagent.search.settings import Settings
from proofagent.search.strategies import STRATEGIES
from proofagent.types import Budget

_HASHED_BYTES = 1 << 20


class BatchReport(BaseModel):
    """What `batch --json` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    run: str
    stopped: str
    """done, interrupted or out-of-time."""

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
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="Goals at a time, each with its Lean.")] = 1,
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
    flags = replace(flags, memory=out_folder / "learnt.db" if memory else None)
    if strategy not in STRATEGIES:
        raise UsageError(f"--strategy takes {', '.join(STRATEGIES)}, not {strategy!r}")
    if not 0 < first <= time:
        raise UsageError("--first is more than 0 and at most --time")
    o.demand_time(total)
    plan = plan_of(flags, config, profile)
    settings = Settings(workers=1 + plan.ahead, strategy=STRATEGIES[strategy])
    source = _Source(goals, project)
    choice = chosen(engine, project, source.near)
    job = _Job(source, Budget(time, candidates, heartbeats), first, total, jobs, settings, keep, prefer, plan, choice)
    said = _said(job, strategy)
    journal = Journal.open(out_folder, said, force=force)
    try:
        standings = Standings.of(read_events(out_folder))
        anyio.run(_ran, job, journal, standings, quiet or json or not err.is_terminal)
    finally:
        journal.close()
    return _finished(out_folder, standings, json=json)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the goals are; each call of `read` reads them anew."""

    target: str
    project: Path | None

    @property
    def near(self) -> Path:
        return self.project or Path(self.target)

    def read(self) -> Iterator[Goal | BadLine]:
        work = read(Wanted(self.target, project=self.project))
        yield from work.goals
        for place in work.places:
            if isinstance(place, BadLine):
                yield place
            else:
                yield from place[1]

    def digest(self) -> str:
        """Of the file, or of the Lean files of a folder, with their names."""
        path = Path(self.target)
        files = sorted(path.rglob("*.lean")) if path.is_dir() else [path]
        whole = hashlib.sha256()
        for file in files:
            whole.update(f"{file}\0".encode("utf-8", "surrogateescape"))
            with file.open("rb") as data:
                while piece := data.read(_HASHED_BYTES):
                    whole.update(piece)
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class _Job:
    source: _Source
    budget: Budget
    first: float
    total: float | None
    jobs: int
    settings: Settings
    keep: int
    prefer: str
    plan: Asking
    choice: Choice


def _said(job: _Job, strategy: str) -> BatchConfig:
    """The configuration, as the journal has it. Raises `UsageError` where there are no goals."""
    try:
        digest = job.source.digest()
    except OSError as error:
        raise UsageError(f"{job.source.target}: cannot be read: {error.strerror or error}") from error
    plan, lean = job.plan, job.choice.lean
    models = tuple(spec.id for spec in plan.specs)
    means = f"via {' '.join(plan.via)}; repairs {plan.repairs}; lemmas {plan.lemmas}; portfolio {plan.portfolio}"
    means += f"; cascade {plan.cascade}; judge {plan.judge}; refute {plan.refute}; memory {plan.memory is not None}"
    return BatchConfig(
        goals=job.source.target,
        goals_sha256=digest,
        engine=job.choice.engine,
        lean=str(lean.program) if lean is not None else "",
        seconds=job.budget.seconds,
        first_seconds=job.first,
        candidates=job.budget.candidates,
        heartbeats=job.budget.heartbeats,
        strategy=strategy,
        keep=job.keep,
        prefer=job.prefer,
        models=models,
        means=means,
    )


async def _ran(job: _Job, journal: Journal, standings: Standings, hidden: bool) -> None:
    batch: Batch | None = None

    def heard(goal: Goal, asked: Asked) -> None:
        if batch is not None:  # nobody is asked before
            batch.heard(goal, asked)

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    async with open_pool(job.choice, size=job.jobs) as pool, open_desk(job.plan, pool, heard) as desk:
        with Progress(*columns, TimeRemainingColumn(), console=err, disable=hidden, transient=True) as shown:
            task = shown.add_task("counting", total=None)

            def changed(event: Event) -> None:
                if isinstance(event, Ended):
                    shown.update(task, advance=1, description=_line(standings))

            batch = Batch(
                journal,
                job.source.read,
                _maker(job, pool, desk),
                rounds(job.budget, job.first),
                jobs=job.jobs,
                seconds=job.total,
                progress=standings,
                changed=changed,
            )
            if await until_told_twice(batch.run, _stopper(batch)) and not standings.stopped:
                complain("stopped at once; the same command goes on")


def _maker(job: _Job, pool: Pool, desk: Desk) -> Callable[[Budget], Session]:
    def made(budget: Budget) -> Session:
        return Session(
            pool,
            desk.team,
            budget,
            settings=job.settings,
            keep=job.keep,
            profile=profile_named(job.prefer),
            memory=desk.memory,
        )

    return made


def _stopper(batch: Batch) -> Callable[[], None]:
    def stop() -> None:
        batch.stopping = True
        err.print(Text("the goals that are being worked on come to their end; Ctrl-C again stops at once", "yellow"))

    return stop


def _line(standings: Standings) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(standings.outcomes().items()))


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
        out.print(f"{report.goals} goals: {_line(standings) or 'none'}; {report.seconds:.0f} s of attempts")
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
