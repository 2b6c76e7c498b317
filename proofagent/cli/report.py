"""`proofagent report`: what batches came to, from their journals."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from proofagent.cli.console import err, out, print_json, printable
from proofagent.errors import GoalError, UsageError
from proofagent.goals.files import write_atomically
from proofagent.report.comparing import compared
from proofagent.report.models import BatchReports
from proofagent.report.page import to_html
from proofagent.report.reading import read_run
from proofagent.report.tables import to_csv, to_json, to_markdown
from proofagent.report.telling import labels
from proofagent.runs.journal import Event, read_events

_TEXTS: dict[str, Callable[[BatchReports], str]] = {"md": to_markdown, "csv": to_csv, "json": to_json}
FORMATS = ("html", *_TEXTS)
NAME = "report.html"
_SAID_EVERY = 500


def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders that `batch` wrote.", metavar="RUN...")],
    form: Annotated[str, typer.Option("--format", "-f", help=f"{', '.join(FORMATS)}.")] = "html",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=f"Write it here; a page goes to RUN/{NAME} otherwise.")
    ] = None,
) -> int:
    """Say what runs of `batch` came to: who was proved with how much, what stayed open and why, what it cost.

    One page with curves, every goal with its proof and its search, and the runs compared; it needs no network. A run
    that is at work can be looked at. Exit codes: 0 done, 64 usage, 2 a journal cannot be read.

    Examples of use:

      [bold]proofagent report run[/]

      [bold]proofagent report before after -o compared.html[/]

      [bold]proofagent report run --format csv -o goals.csv[/]
    """
    if form not in FORMATS:
        raise UsageError(f"--format takes {', '.join(FORMATS)}, not {form!r}")
    _demand_once(runs)
    made, text = _made(runs, form)
    if form == "html":
        _write_page(text, runs[0] / NAME if output is None else output, told=output is not None)
        err.print(Text(_size(made, text), "dim"))
    elif output is not None:
        write_atomically(output, text)
    elif form == "json":
        print_json(text)
    else:
        out.print(printable(text.rstrip("\n")), markup=False)
    return 0


def _demand_once(runs: list[Path]) -> None:
    places = [run.resolve() for run in runs]
    for run, place in zip(runs, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"{run}: a run is compared with others, not with itself; name it once")


def _made(runs: list[Path], form: str) -> tuple[BatchReports, str]:
    """The report, and as a text of that format; large journals take minutes, and how far it is is shown."""
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def counted(folder: Path) -> Iterator[Event]:
            for count, event in enumerate(read_events(folder), 1):
                if count % _SAID_EVERY == 1:
                    progress.update(task, description=printable(f"{folder}: {count:,} events"))
                yield event

        read = [read_run(folder, counted(folder), details=form == "html") for folder in runs]
        models = tuple(run.model for run in read)
        made = BatchReports(runs=models, comparisons=compared(models, labels(len(models))))
        progress.update(task, description="writing")
        return made, to_html(made, read) if form == "html" else _TEXTS[form](made)


def _write_page(text: str, path: Path, *, told: bool) -> None:
    try:
        write_atomically(path, text)
    except GoalError as error:
        if told:
            raise
        raise GoalError(f"{error}; -o FILE writes it elsewhere") from error
    out.print(printable(str(path)), markup=False)


def _size(made: BatchReports, text: str) -> str:
    goals = sum(run.goals for run in made.runs)
    return f"{goals:,} goals, {len(text.encode()) / 1e6:.1f} MB; open it with any browser"
