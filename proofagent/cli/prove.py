"""`proofagent prove`: statements, the holes of a Lean file or of a folder of them, the lines of a goal file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import anyio
import typer
from rich.text import Text

from proofagent.cli import options as o
from proofagent.cli.console import complain, out, print_json
from proofagent.cli.graphs import GraphFiles
from proofagent.cli.interrupts import until_interrupted
from proofagent.cli.screen import Screen
from proofagent.errors import GoalError
from proofagent.goals.commands import header
from proofagent.goals.files import LeanFile, from_file, open_file, write_atomically
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_folder, from_jsonl, from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.runs.asking import Asking, Flags, open_desk, plan_of
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.runs.results import ProveReport
from proofagent.runs.session import Session
from proofagent.runs.trace import Trace, new_path
from proofagent.score.choice import Profile, profile_named
from proofagent.search.settings import Settings
from proofagent.search.strategies import STRATEGIES
from proofagent.search.strategy import Strategy
from proofagent.types import Budget


def prove(
    target: o.Target,
    theorem: Annotated[str | None, typer.Option("--theorem", "-t", help="Prove only the one of this name.")] = None,
    imports: o.Imports = None,
    keep: o.Keep = 1,
    prefer: o.Prefer = DEFAULT_PROFILE,
    time: Annotated[float, typer.Option("--time", help="Seconds for each goal.")] = 60.0,
    candidates: Annotated[int, typer.Option("--candidates", help="Tactics that Lean may try for each goal.")] = 100_000,
    heartbeats: Annotated[int, typer.Option("--heartbeats", help="Lean's maxHeartbeats for one candidate.")] = 40_000,
    engines: Annotated[int, typer.Option("--engines", min=1, max=64, help="Lean processes at work on a goal.")] = 1,
    output: o.OutputFile = None,
    json: o.Json = False,
    strategy: o.StrategyName = "best-first",
    tree: Annotated[bool, typer.Option("--tree", help="Show the proof tree of what was proved.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the results.")] = False,
    refute: o.Refute = None,
    trace: o.TraceFile = None,
    graph: o.GraphFile = None,
    memory: o.MemoryFile = None,
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
    record: o.Record = None,
    replay: o.Replay = None,
) -> int:
    """Prove a statement, every `sorry` of a Lean file or of all in a folder, or every goal of a JSONL file.

    What is printed was compiled by a fresh Lean process and compared as kernel terms. Ctrl-C keeps what was found.

    Examples of use:

      [bold]proofagent prove "theorem t (a b : Nat) : a + b = b + a"[/]

      [bold]proofagent prove Core.lean --output Proved.lean[/]

      [bold]proofagent prove goals.jsonl --time 30 --json[/]

      [bold]proofagent prove Core.lean --model anthropic/claude-sonnet-5 --dollars 0.50[/]
    """
    flags = Flags(model or (), base_url, key_env, via or (), samples, temperature, repairs, tokens, dollars, prompts)
    flags = replace(flags, portfolio=portfolio, cascade=cascade, judge=judge, refute=refute)
    flags = replace(flags, lemmas=lemmas, memory=memory, record=record, replay=replay or ())
    job = _job(target, theorem, imports or [], output, Budget(time, candidates, heartbeats), engines)
    plan = plan_of(flags, config, profile)
    job = replace(job, settings=Settings(workers=engines + plan.ahead, strategy=_strategy(strategy)))
    job = replace(job, keep=keep, prefer=profile_named(prefer))
    return _run(*_drawn(job, graph), plan, trace, _Show(json, tree, quiet))


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be proved, and with what."""

    target: str
    file: LeanFile | None
    goals: Iterable[Goal | BadLine]
    output: Path | None
    budget: Budget
    engines: int
    theorem: str | None
    keep: int = 1
    prefer: Profile | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class _Show:
    json: bool
    tree: bool
    quiet: bool


def _job(
    target: str, theorem: str | None, imports: list[str], output: Path | None, budget: Budget, engines: int
) -> _Job:
    file, goals = _goals(target, theorem, imports)
    if output is not None and file is None:
        raise GoalError("--output needs a Lean file as TARGET")
    if output is not None and not output.absolute().parent.is_dir():
        raise GoalError("the folder of --output does not exist", where=str(output))
    return _Job(target, file, goals, output, budget, engines, theorem)


def _strategy(name: str) -> Strategy:
    if name not in STRATEGIES:
        raise GoalError(f"--strategy takes {', '.join(STRATEGIES)}", where=name)
    return STRATEGIES[name]


def _drawn(job: _Job, graph: Path | None) -> tuple[_Job, GraphFiles | None]:
    """The job, with what draws its graphs; only its first two goals are looked at, to see whether there are several."""
    if graph is None:
        return job, None
    goals = iter(job.goals)
    first = list(islice(goals, 2))
    return replace(job, goals=chain(first, goals)), GraphFiles(graph, named=len(first) > 1)


def _run(job: _Job, graphs: GraphFiles | None, plan: Asking, trace: Path | None, show: _Show) -> int:
    kept = _trace(trace, job.target) if trace or plan.specs else None
    screen = Screen(results=not show.json, live=not (show.quiet or show.json), tree=show.tree, trace=kept)
    try:
        report = anyio.run(_prove, job, graphs, plan, screen)
    finally:
        if graphs is not None:
            graphs.close()
        if kept is not None:
            kept.close()
    if not (report.results or report.bad_lines or report.interrupted):
        missing = f"there is no goal `{job.theorem}`" if job.theorem else "there is no goal to prove"
        raise GoalError(missing, where=job.target)
    code = 2 if graphs is not None and graphs.failed else report.exit_code
    if show.json:
        print_json(report.model_dump_json(indent=2))
        return code
    if len(report.results) > 1 or any(result.refused for result in report.results):
        out.print(Text(report.disagreement, "dim"))
    if not show.quiet:
        screen.close(report, asked=bool(plan.specs))
        if graphs is not None:
            graphs.say()
    return code


def _trace(path: Path | None, title: str) -> Trace | None:
    """A new trace; one that nobody asked for is not worth failing for."""
    try:
        return Trace(path or new_path(Path(title).stem if "\n" not in title and len(title) < 200 else "statement"))
    except OSError as error:
        if path is not None:
            raise GoalError(f"the trace cannot be written: {error.strerror or error}", where=str(path)) from error
        complain(f"no trace is written: {error.strerror or error}")
        return None


def _goals(target: str, theorem: str | None, imports: list[str]) -> tuple[LeanFile | None, Iterable[Goal | BadLine]]:
    """What `target` means: a path where there is one or where it looks like one, a statement otherwise."""
    files = target.endswith((".jsonl", ".lean")) or (len(target) < 4096 and "\n" not in target and _is_file(target))
    if files and imports:
        raise GoalError("--import goes with a statement; a file says itself what it imports")
    if not files and theorem is not None:
        raise GoalError("--theorem goes with a file")
    if files and Path(target).is_dir():
        goals = from_folder(Path(target))
        if (first := next(goals, None)) is None:
            raise GoalError("there is no `sorry` in the Lean files of this directory", where=target)
        return None, _named(chain([first], goals), theorem)
    if target.endswith(".jsonl"):
        with open_file(Path(target)):  # now, and not when an engine has been started
            return None, _named(from_jsonl(Path(target)), theorem)
    if files:
        file, found = from_file(Path(target), only=theorem)
        head = header(file.text)
        if head.module or head.prelude:
            raise GoalError("a file with `module` or `prelude` needs a native Lean", where=target)
        return file, found
    return None, [from_statement(target, tuple(dict.fromkeys(("Init", *imports))))]


def _is_file(target: str) -> bool:
    try:
        return bool(target.strip()) and Path(target).exists()
    except (OSError, ValueError):
        return False


def _named(goals: Iterable[Goal | BadLine], theorem: str | None) -> Iterator[Goal | BadLine]:
    return (goal for goal in goals if theorem is None or isinstance(goal, BadLine) or goal.name == theorem)


async def _prove(job: _Job, graphs: GraphFiles | None, plan: Asking, screen: Screen) -> ProveReport:
    listener = screen.listener if graphs is None else graphs.over(screen.listener)
    async with embedded_pool(size=job.engines) as pool, open_desk(plan, pool, screen.called) as desk:
        session = Session(
            pool,
            desk.team,
            job.budget,
            settings=job.settings,
            keep=job.keep,
            profile=job.prefer,
            memory=desk.memory,
            listener=listener,
            spent=lambda: desk.ledger.spent,
        )
        try:
            interrupted = await until_interrupted(partial(session.run, job.goals))
        finally:
            screen.pause()
        for bad in session.bad_lines:
            complain(f"line {bad.line}: {bad.message}" if bad.line else bad.message)
        trace = str(screen.trace.path) if screen.trace and not screen.trace.broken else None
        report = partial(session.report, trace=trace, interrupted=interrupted)
        if job.file is None or (interrupted and not session.proved):
            return report()
        text, receipt, why = await session.finish(job.file)
        if job.output is not None and not why:
            why = _written(job.output, text)
        elif why:
            complain(f"the file as a whole is not accepted, nothing was written: {why}")
        written = str(job.output) if job.output is not None and not why else None
        return report(output=written, receipt=receipt, file_why=why)


def _written(output: Path, text: str) -> str:
    """Write the file; returns why it could not be written, which is no reason to lose the report."""
    try:
        write_atomically(output, text)
    except (GoalError, OSError) as error:
        complain(str(error))
        return str(error)
    return ""
