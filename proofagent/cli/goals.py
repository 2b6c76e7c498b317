"""`proofagent goals`: goals out of a compiled library."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from proofagent.cli import options as o
from proofagent.cli.console import complain, err, print_json
from proofagent.cli.engine import chosen
from proofagent.cli.interrupts import until_interrupted
from proofagent.cli.library import Modules, named_modules, wanted_names
from proofagent.errors import UsageError
from proofagent.goals.files import write_atomically
from proofagent.goals.goal import Goal
from proofagent.lean.engines import Choice, open_pool
from proofagent.runs.extraction import Extracted, Lost, extract

_SHOWN = 5

goals = typer.Typer(
    name="goals", help="Make goals out of a compiled library.", no_args_is_help=True, rich_markup_mode="rich"
)

ModuleNames = Annotated[
    list[str],
    typer.Argument(help="A module of the library; those below it come with it.", metavar="MODULE"),
]
Namespaces = Annotated[
    list[str] | None,
    typer.Option("--namespace", "-n", help="Only theorems whose names begin so; may be repeated."),
]
SampleSize = Annotated[int | None, typer.Option("--sample", min=1, metavar="N", help="Only N of them, by chance.")]
Seed = Annotated[int, typer.Option("--seed", help="What chance it is: the same for the same seed.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write the goals here, one JSON object a line.")]
Engines = Annotated[int, typer.Option("--engines", min=1, max=64, help="Lean processes at work.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoalModel(_Model):
    """A goal, as a line of a goal file has it."""

    name: str
    statement: str
    imports: tuple[str, ...]
    origin: str


class ModuleModel(_Model):
    """What became of the theorems of one module; `lost`: why a theorem is no goal, by name."""

    module: str
    theorems: int
    goals: int
    round_trips: int
    lost: dict[str, Lost]


class ExtractReport(_Model):
    """What `goals extract --json` prints; `goals` are in the file where --output was given, and not here."""

    schema_version: Literal[1] = 1
    lean_version: str
    modules: tuple[ModuleModel, ...]
    goals: tuple[GoalModel, ...] = ()
    output: str | None = None
    interrupted: bool = False


@goals.callback()
def _root() -> None:
    """Make goals out of a compiled library."""


@goals.command("extract")
def extract_command(
    modules: ModuleNames,
    namespace: Namespaces = None,
    sample: SampleSize = None,
    seed: Seed = 0,
    output: Output = None,
    engines: Engines = 1,
    json: o.Json = False,
    quiet: Quiet = False,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
) -> int:
    """Make a goal of each theorem of MODULE, to be proved from what the module imports.

    A statement counts where Lean reads it back as the very type that the library has. What does not come back, and what
    can be said only with definitions of the module itself, is counted by name. Ctrl-C keeps the modules that are done.
    Exit codes: 0 done, 2 undecided (interrupted, or the environment failed), 64 usage.

    Examples of use:

      [bold]proofagent goals extract Init.Data.List.Sublist -o goals.jsonl[/]

      [bold]proofagent goals extract Init Std --namespace Nat --sample 200 -o nat.jsonl[/]

      [bold]proofagent goals extract Mathlib.Order.Lattice --project ~/algebra -o lattice.jsonl[/]
    """
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(f"{output}: the folder of --output does not exist")
    choice = chosen(engine, project, project or Path())
    found = named_modules(choice, modules)
    job = _Job(found, wanted_names(found, namespace or (), sample, seed), engines, choice)
    done, version, interrupted = anyio.run(_extracted, job, quiet or json or not err.is_terminal)
    lines = [_line(goal) for extracted in done for goal in extracted.goals]
    if output is not None:
        write_atomically(output, "".join(f"{line.model_dump_json()}\n" for line in lines))
    if json:
        report = _report(done, lines, version, output)
        print_json(report.model_copy(update={"interrupted": interrupted}).model_dump_json(indent=2))
    elif output is None:
        for line in lines:
            print_json(line.model_dump_json())
    if not (json or quiet):
        _summary(done, output)
    if interrupted:
        complain("interrupted", hint=f"{len(done)} of {len(found)} modules were done")
    return 2 if interrupted else 0


@dataclass(frozen=True, slots=True)
class _Job:
    modules: Modules
    names: frozenset[str]
    engines: int
    choice: Choice


async def _extracted(job: _Job, quiet: bool) -> tuple[list[Extracted], str, bool]:
    """What became of the modules that have wanted theorems, in their order, by which Lean, and whether Ctrl-C came
    before the end.
    """
    done = dict[str, Extracted]()
    version = ""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, disable=quiet, transient=True) as progress:
        task = progress.add_task("theorems", total=len(job.names))

        def hear(extracted: Extracted) -> None:
            done[extracted.module] = extracted
            progress.update(task, advance=extracted.theorems, description=extracted.module)

        async def work() -> None:
            nonlocal version
            async with open_pool(job.choice, size=job.engines, spares=0) as pool:
                version = (await pool.identity()).version
                await extract(pool, job.modules, job.names.__contains__, hear)

        interrupted = await until_interrupted(work)
    return [done[name] for name, _ in job.modules if name in done and done[name].theorems], version, interrupted


def _line(goal: Goal) -> GoalModel:
    return GoalModel(name=goal.name, statement=goal.statement, imports=goal.imports, origin=goal.origin)


def _report(done: Sequence[Extracted], lines: Sequence[GoalModel], version: str, output: Path | None) -> ExtractReport:
    return ExtractReport(
        lean_version=version,
        modules=tuple(
            ModuleModel(
                module=extracted.module,
                theorems=extracted.theorems,
                goals=len(extracted.goals),
                round_trips=extracted.round_trips,
                lost=extracted.lost,
            )
            for extracted in done
        ),
        goals=() if output is not None else tuple(lines),
        output=None if output is None else str(output),
    )


def _summary(done: Sequence[Extracted], output: Path | None) -> None:
    theorems = sum(extracted.theorems for extracted in done)
    back = sum(extracted.round_trips for extracted in done)
    made = sum(len(extracted.goals) for extracted in done)
    share = f" ({back / theorems:.1%})" if theorems else ""
    err.print(Text(f"{theorems} theorems, {back} came back as the same type{share}, {made} goals"))
    lost = {name: why for extracted in done for name, why in extracted.lost.items()}
    for why, number in sorted(Counter(lost.values()).items()):
        names = [name for name, reason in lost.items() if reason == why]
        more = f" and {number - _SHOWN} more" if number > _SHOWN else ""
        err.print(Text(f"  {why}: {number} ({', '.join(names[:_SHOWN])}{more})", "dim"))
    if output is not None:
        err.print(Text(f"written to {output}", "dim"))
