"""`proofagent report`: what a batch came to, from its journal."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict

from proofagent.cli.console import out, print_json, printable
from proofagent.errors import UsageError
from proofagent.goals.files import write_atomically
from proofagent.runs.calls import CostModel
from proofagent.runs.journal import Ended, read_events
from proofagent.runs.progress import Progress, Standing

FORMATS = ("md", "csv", "json")


class RowModel(BaseModel):
    """One goal of a run; `seconds` are of all its attempts, `needed` up to and with the one that settled it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    name: str
    origin: str
    outcome: str
    seconds: float
    needed: float | None
    candidates: int
    attempts: int
    lost: int
    dollars: float
    tokens: int
    why: str
    proof: str | None


class CurvePoint(BaseModel):
    """So many goals are proved where each has so many seconds (pass@budget)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    proved: int


class RunModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    goals: int
    outcomes: dict[str, int]
    stopped: str
    wall_seconds: float
    cost: CostModel
    curve: tuple[CurvePoint, ...]
    rows: tuple[RowModel, ...]


class BatchReports(BaseModel):
    """What `report --format json` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    runs: tuple[RunModel, ...]


def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders that `batch` wrote.", metavar="RUN...")],
    form: Annotated[str, typer.Option("--format", "-f", help=f"{', '.join(FORMATS)}.")] = "md",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it here.")] = None,
) -> int:
    """Say what runs of `batch` came to: who was proved with how much, what stayed open and why, what it cost.

    A run that is at work can be looked at. Exit codes: 0 done, 64 usage, 2 a journal cannot be read.

    Examples of use:

      [bold]proofagent report run[/]

      [bold]proofagent report run --format csv -o goals.csv[/]
    """
    if form not in FORMATS:
        raise UsageError(f"--format takes {', '.join(FORMATS)}, not {form!r}")
    models = [_run(folder) for folder in runs]
    text = _WRITERS[form](models)
    if output is not None:
        write_atomically(output, text)
    elif form == "json":
        print_json(text)
    else:
        out.print(printable(text.rstrip("\n")), markup=False)
    return 0


@dataclass(slots=True)
class _Needed:
    """The seconds of a goal's attempts up to the one that proved it."""

    seconds: float = 0.0
    proved: bool = False


def _run(folder: Path) -> RunModel:
    progress, needed = Progress(), dict[str, _Needed]()
    for event in read_events(folder):
        progress.see(event)
        if isinstance(event, Ended):
            so_far = needed.setdefault(event.digest, _Needed())
            if not so_far.proved:
                so_far.seconds += event.result.seconds
                so_far.proved = event.result.outcome == "proved"
    proved = sorted(each.seconds for each in needed.values() if each.proved)
    return RunModel(
        run=str(folder),
        goals=len(progress.standings),
        outcomes=dict(sorted(progress.outcomes().items())),
        stopped=progress.stopped or "not finished",
        wall_seconds=round(progress.last - progress.began, 3),
        cost=progress.cost,
        curve=tuple(CurvePoint(seconds=round(at, 3), proved=count) for count, at in enumerate(proved, 1)),
        rows=tuple(_row(standing, needed.get(standing.digest)) for standing in progress.standings.values()),
    )


def _row(standing: Standing, needed: _Needed | None) -> RowModel:
    return RowModel(
        digest=standing.digest,
        name=standing.name,
        origin=standing.origin,
        outcome=standing.outcome or "open",
        seconds=round(standing.seconds, 3),
        needed=round(needed.seconds, 3) if needed and needed.proved else None,
        candidates=standing.candidates,
        attempts=standing.attempts,
        lost=standing.lost,
        dollars=standing.cost.dollars,
        tokens=standing.cost.tokens,
        why="" if standing.outcome == "proved" else standing.why,
        proof=standing.proof,
    )


def _markdown(runs: Sequence[RunModel]) -> str:
    lines = []
    for run in runs:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in run.outcomes.items()) or "no goals"
        lines += [f"# {run.run}", "", f"{run.goals} goals: {counts}. {run.wall_seconds:.0f} s, {run.stopped}.", ""]
        if run.cost.tokens:
            lines += [f"Models: {run.cost.tokens:,} tokens, ${run.cost.dollars:.4f}.", ""]
        lines += ["| proved with at most | goals |", "|---|---|"]
        lines += [f"| {limit:g} s | {_within(run, limit)} |" for limit in (1, 2, 5, 10, 20, 60, 120, 300)]
        lines += ["", "| goal | outcome | seconds | candidates | why |", "|---|---|---|---|---|"]
        for row in run.rows:
            why = " ".join(row.why.split())[:80].replace("|", "\\|")
            lines.append(f"| {row.name} | {row.outcome} | {row.seconds:.1f} | {row.candidates} | {why} |")
        lines.append("")
    return "\n".join(lines)


def _within(run: RunModel, seconds: float) -> int:
    return sum(point.seconds <= seconds for point in run.curve)


def _csv(runs: Sequence[RunModel]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["run", *RowModel.model_fields])
    for run in runs:
        for row in run.rows:
            writer.writerow([run.run, *row.model_dump().values()])
    return text.getvalue()


def _json(runs: Sequence[RunModel]) -> str:
    return BatchReports(runs=tuple(runs)).model_dump_json(indent=2)


_WRITERS = {"md": _markdown, "csv": _csv, "json": _json}
