"""`proofagent prove`: statements, the holes of a Lean file or of a folder of them, the lines of a goal file."""

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
from proofagent.cli.engine import chosen, project_root
from proofagent.cli.graphs import GraphFiles
from proofagent.cli.interrupts import until_interrupted
from proofagent.cli.library import Modules, named_modules
from proofagent.cli.screen import Screen
from proofagent.cli.targets import Wanted, Work, read
from proofagent.errors import GoalError, UsageError
from proofagent.goals.files import LeanFile
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine
from proofagent.lean.engines import EMBEDDED, Choice, open_pool
from proofagent.runs.asking import Asking, Flags, open_desk, plan_of
from proofagent.runs.attempted import Attempted, project_file
from proofagent.runs.extraction import extract
from proofagent.runs.inplace import settle
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.runs.results import FileModel, ProveReport
from proofagent.runs.session import Session
from proofagent.runs.trace import Trace, new_path
from proofagent.score.choice import Profile, profile_named
from proofagent.search.settings import Settings
from proofagent.search.strategies import STRATEGIES
from proofagent.search.strategy import Strategy
from proofagent.types import Budget

_SHOWN = 5


def prove(
    target: o.Target = None,
    theorem: Annotated[str | None, typer.Option("--theorem", "-t", help="Prove only the one of this name.")] = None,
    imports: o.Imports = None,
    keep: o.Keep = 1,
    prefer: o.Prefer = DEFAULT_PROFILE,
    time: Annotated[float, typer.Option("--time", help="Seconds for each goal.")] = 60.0,
    candidates: Annotated[int, typer.Option("--candidates", help="Tactics that Lean may try for each goal.")] = 100_000,
    heartbeats: Annotated[int, typer.Option("--heartbeats", help="Lean's maxHeartbeats for one candidate.")] = 40_000,
    engines: Annotated[int, typer.Option("--engines", min=1, max=64, help="Lean processes at work on a goal.")] = 1,
    output: o.OutputFile = None,
    write: o.WriteBack = False,
    all_sorries: o.AllSorries = False,
    again: o.Again = False,
    module: o.OfModules = None,
    answers: o.Answers = False,
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
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
    build: o.Build = False,
) -> int:
    """Prove a statement, a declaration, every `sorry` of a Lean file, folder or project, or every goal of a list.

    What is printed was compiled by a fresh Lean process and compared as kernel terms. Ctrl-C keeps what was found.

    Examples of use:

      [bold]proofagent prove "theorem t (a b : Nat) : a + b = b + a"[/]

      [bold]proofagent prove Core.lean --output Proved.lean[/]

      [bold]proofagent prove Algebra/Group.lean:42 --write[/]

      [bold]proofagent prove Group.mul_one --project ~/algebra[/]

      [bold]proofagent prove --project ~/algebra --all-sorries --write[/]

      [bold]proofagent prove goals.jsonl --time 30 --json[/]

      [bold]proofagent prove --module Init.Data.List.Sublist --time 10 --memory learnt.db[/]

      [bold]proofagent prove Core.lean --model anthropic/claude-sonnet-5 --dollars 0.50[/]
    """
    flags = Flags(model or (), base_url, key_env, via or (), samples, temperature, repairs, tokens, dollars, prompts)
    flags = replace(flags, portfolio=portfolio, cascade=cascade, judge=judge, refute=refute)
    wanted = Wanted(target, theorem, tuple(imports or ()), project, all_sorries, answers, tuple(module or ()))
    work = read(wanted)
    kept = project_file(project_root(work.near), "learnt.db") if all_sorries and memory is None else memory
    flags = replace(flags, lemmas=lemmas, memory=kept, record=record, replay=replay or ())
    plan = plan_of(flags, config, profile)
    job = _Job(work, Budget(time, candidates, heartbeats), engines, _output(work, output, write=write), write)
    job = replace(job, settings=Settings(workers=engines + plan.ahead, strategy=_strategy(strategy)))
    job = replace(job, keep=keep, prefer=profile_named(prefer), choice=chosen(engine, project, work.near, build=build))
    job = replace(job, modules=named_modules(job.choice, work.modules), theorem=theorem)
    if all_sorries:
        job = replace(job, tried=_tried(job, plan, again=again))
    return _run(*_drawn(job, graph), plan, trace, _Show(json, tree, quiet))


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be proved, and with what."""

    work: Work
    budget: Budget
    engines: int
    output: Path | None
    write: bool
    """Whether files are written where they are."""

    keep: int = 1
    prefer: Profile | None = None
    settings: Settings = field(default_factory=Settings)
    choice: Choice = EMBEDDED
    tried: Attempted | None = None
    """What an earlier run has tried in vain."""

    modules: Modules = ()
    theorem: str | None = None


@dataclass(frozen=True, slots=True)
class _Show:
    json: bool
    tree: bool
    quiet: bool


def _output(work: Work, output: Path | None, *, write: bool) -> Path | None:
    if output is not None and write:
        raise UsageError("either --write or --output, not both")
    if (output is not None and work.file is None) or (write and (work.goals or work.modules)):
        raise GoalError(f"{'--write' if write else '--output'} needs a Lean file as TARGET")
    if output is not None and not output.absolute().parent.is_dir():
        raise GoalError("the folder of --output does not exist", where=str(output))
    return output


def _tried(job: _Job, plan: Asking, *, again: bool) -> Attempted:
    lean = job.choice.lean
    means = " ".join([job.choice.engine, str(lean.program) if lean else "", *(spec.id for spec in plan.specs)])
    path = project_file(project_root(job.work.near), "tried.jsonl")
    if again:
        path.unlink(missing_ok=True)
    return Attempted(path, means)


def _strategy(name: str) -> Strategy:
    if name not in STRATEGIES:
        raise GoalError(f"--strategy takes {', '.join(STRATEGIES)}", where=name)
    return STRATEGIES[name]


def _drawn(job: _Job, graph: Path | None) -> tuple[_Job, GraphFiles | None]:
    """The job, with what draws its graphs; only its first two goals are looked at, to see whether there are several."""
    if graph is None:
        return job, None
    if job.work.file is not None:
        ((_, held),) = (place for place in job.work.places if not isinstance(place, BadLine))
        return job, GraphFiles(graph, named=len(held) > 1)
    goals = iter(job.work.goals)
    first = list(islice(goals, 2))
    work = replace(job.work, goals=chain(first, goals) if first else ())
    return replace(job, work=work), GraphFiles(graph, named=len(first) != 1)


def _run(job: _Job, graphs: GraphFiles | None, plan: Asking, trace: Path | None, show: _Show) -> int:
    kept = _trace(trace, job.work.title) if trace or plan.specs else None
    screen = Screen(results=not show.json, live=not (show.quiet or show.json), tree=show.tree, trace=kept)
    try:
        report = anyio.run(_prove, job, graphs, plan, screen)
    finally:
        if graphs is not None:
            graphs.close()
        if kept is not None:
            kept.close()
    if not (report.results or report.bad_lines or report.interrupted):
        if job.tried is not None:
            complain("all that is left was tried before with this budget: --again, or more --time, tries it once more")
            if show.json:
                print_json(report.model_dump_json(indent=2))
            return 1
        raise GoalError("there is no such goal", where=job.work.title)
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


async def _prove(job: _Job, graphs: GraphFiles | None, plan: Asking, screen: Screen) -> ProveReport:
    listener = screen.listener if graphs is None else graphs.over(screen.listener)
    async with open_pool(job.choice, size=job.engines) as pool, open_desk(plan, pool, screen.called) as desk:
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
        files = _Files(job, session, screen)
        try:
            interrupted = await until_interrupted(files.run)
        finally:
            screen.pause()
        if interrupted:
            await until_interrupted(files.settle)
        for bad in session.bad_lines:
            complain(f"line {bad.line}: {bad.message}" if bad.line else bad.message)
        trace = str(screen.trace.path) if screen.trace and not screen.trace.broken else None
        report = partial(session.report, trace=trace, interrupted=interrupted, files=files.changed)
        if job.work.file is None or not files.done:
            return report()
        (only,) = files.done
        return report(output=only.output, receipt=only.receipt, file_why=only.why)


@dataclass(slots=True)
class _Files:
    """Works on the goals, and on each file's as a whole when its goals are done."""

    job: _Job
    session: Session
    screen: Screen
    done: list[FileModel] = field(default_factory=list)
    _open: LeanFile | None = None
    """The file whose goals are being worked on."""

    @property
    def changed(self) -> list[FileModel]:
        return [file for file in self.done if file.difference]

    async def run(self) -> None:
        await self.session.run(self.job.work.goals)
        for name, path in self.job.modules:
            await self._module(name, path)
        for place in self.job.work.places:
            if isinstance(place, BadLine):
                await self.session.run([place])
                continue
            self._open, goals = place
            for goal in goals:
                await self._one(goal)
            await self.settle()

    async def _module(self, name: str, path: Path) -> None:
        """Prove the theorems of a compiled module; those whose statements do not come back are named."""
        only = self.job.theorem
        (found,) = await extract(self.session.pool, [(name, path)], lambda each: only is None or each == only)
        if found.lost:
            some = ", ".join(list(found.lost)[:_SHOWN]) + (", …" if len(found.lost) > _SHOWN else "")
            complain(f"{name}: {len(found.lost)} of {found.theorems} theorems are no goals by their imports: {some}")
        await self.session.run(found.goals)

    async def _one(self, goal: Goal) -> None:
        tried, budget = self.job.tried, self.job.budget
        if tried is not None and tried.seen(goal, budget):
            return
        await self.session.run([goal])
        if tried is not None and self.session.results[-1].outcome == "unproved":
            tried.add(goal, budget)

    async def settle(self) -> None:
        """Check the file that is worked on as a whole, with what was proved in it so far, and write it."""
        if self._open is None:
            return
        output = self._open.path if self.job.write else self.job.output
        made = await settle(self.session, self._open, output)
        self._open = None
        if made.why:
            complain(f"the file as a whole is not accepted, nothing was written: {made.why}")
        self.done.append(made)
        self.screen.settled(made, whole=self.job.work.pointed or self.job.write)
