"""`proofagent score` and `proofagent compare`: how good accepted proofs are, and which of two is better, and why."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.table import Table
from rich.text import Text

from proofagent.check.receipt import Receipt
from proofagent.cli import options as o
from proofagent.cli.console import err, out, print_json
from proofagent.cli.engine import chosen
from proofagent.cli.verdict import brief
from proofagent.goals.files import Source, source
from proofagent.lean.engine import Header
from proofagent.lean.engines import Choice, open_pool
from proofagent.runs.scoring import Scored, scored
from proofagent.runs.task import Task, task_of
from proofagent.score.choice import Profile, choose, front, profile_named, profiles
from proofagent.score.lines import LineCost, attribution
from proofagent.score.metrics import METRICS, histogram, vector
from proofagent.score.subject import Subject

Theorems = Annotated[
    list[str] | None, typer.Option("--theorem", "-t", help="A theorem by full name; all of them where not given.")
]
Profiles = Annotated[
    list[str] | None,
    typer.Option(
        "--profile",
        "-p",
        help="mathlib, golf, fast, didactic, or FILE.toml:NAME; may be repeated; the first four where not given.",
    ),
]
Seconds = Annotated[float, typer.Option("--time", help="Seconds for each run of Lean.")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LineModel(_Model):
    """A line of the file, from 1, with what it costs; heartbeats are null where Lean's profiler tells none."""

    line: int
    text: str
    tokens: int
    burden: int
    heartbeats: int | None = None


class QualityModel(_Model):
    """Every metric of one proof; null is what is not known."""

    theorem: str
    metrics: dict[str, float | None]
    versions: dict[str, int]
    tactics: dict[str, int]
    """How often each tactic is used."""

    survives: dict[str, bool]
    """Small changes of what is around the proof, and whether it still goes through."""

    lines: tuple[LineModel, ...]


class FileModel(_Model):
    path: str
    receipt: Receipt
    qualities: tuple[QualityModel, ...] = ()
    """None unless the gate accepted the file."""


class ScoreReport(_Model):
    """What `score --json` prints."""

    schema_version: Literal[1] = 1
    file: FileModel


class ChoiceModel(_Model):
    """Which is better: 0 the first file, 1 the second, null neither; and why."""

    theorem: str
    profile: str
    better: int | None
    why: str


class CompareReport(_Model):
    """What `compare --json` prints. `front`: by theorem, the files that no other one beats in everything."""

    schema_version: Literal[1] = 1
    files: tuple[FileModel, FileModel]
    choices: tuple[ChoiceModel, ...] = ()
    front: dict[str, tuple[int, ...]] = {}


def score(
    file: Annotated[Path, typer.Argument(help="A Lean file with proofs.", metavar="FILE")],
    theorem: Theorems = None,
    time: Seconds = 120.0,
    json: o.Json = False,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
) -> int:
    """Measure the proofs of FILE, in all metrics, line by line.

    The gate comes first: what it does not accept is not measured. A metric is a guide: `docs/metrics.md` says how each
    can be fooled. Exit codes: 0 measured, 1 the gate rejected the file, 2 undecided, 64 usage.

    Examples of use:

      [bold]proofagent score Proofs.lean[/]

      [bold]proofagent score Proofs.lean --theorem Nat.foo --json[/]
    """
    (made,) = _run([file], theorem, time, chosen(engine, project, file), quiet=json)
    if json:
        print_json(ScoreReport(file=made).model_dump_json(indent=2))
    else:
        _show_file(made)
        for quality in made.qualities:
            _show_quality(quality)
    return _code([made])


def compare(
    first: Annotated[Path, typer.Argument(help="A Lean file with proofs.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="Another one that proves the same theorems.", metavar="B")],
    theorem: Theorems = None,
    profile: Profiles = None,
    time: Seconds = 120.0,
    json: o.Json = False,
    engine: o.EngineChoice = None,
    project: o.ProjectFolder = None,
) -> int:
    """Say which of two files has the better proofs, under each profile, and why.

    Both have to prove the same theorems, by the statements of the first. A profile is an ordering of metrics: the first
    that tells the two apart decides. Whatever has a new axiom, a new warning, or takes twice as long, cannot win.
    Exit codes: 0 compared, 1 the gate rejected a file, 2 undecided, 64 usage.

    Examples of use:

      [bold]proofagent compare A.lean B.lean[/]

      [bold]proofagent compare A.lean B.lean --profile golf --json[/]
    """
    wanted = _profiles(profile)
    made = one, other = _run([first, second], theorem, time, chosen(engine, project, first), quiet=json)
    pairs = list(zip(one.qualities, other.qualities, strict=True)) if one.qualities and other.qualities else []
    choices = [_choice(each, old, new) for old, new in pairs for each in wanted]
    report = CompareReport(
        files=(one, other),
        choices=tuple(choices),
        front={old.theorem: tuple(front([old.metrics, new.metrics])) for old, new in pairs},
    )
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        for each in made:
            _show_file(each)
        for old, new in pairs:
            _show_pair(old, new, [c for c in choices if c.theorem == old.theorem], (str(first), str(second)))
    return _code(made)


def _profiles(names: Sequence[str] | None) -> list[Profile]:
    return [profile_named(name) for name in names or profiles()]


def _run(
    paths: Sequence[Path], theorems: Sequence[str] | None, time: float, choice: Choice, *, quiet: bool
) -> list[FileModel]:
    o.demand_time(time)
    read = [source(path) for path in paths]
    task = task_of(read, theorems or ())
    with nullcontext() if quiet or not err.is_terminal else err.status("measuring"):
        return [_file(each) for each in anyio.run(_scored, read, task, time, choice)]


async def _scored(read: Sequence[Source], task: Task, time: float, choice: Choice) -> list[Scored]:
    async with open_pool(choice, spares=1) as pool:
        pool.warm(Header(task.imports))
        return [await scored(each, task, pool, deadline=time) for each in read]


def _code(made: Sequence[FileModel]) -> int:
    outcomes = {each.receipt.outcome for each in made}
    return 1 if "rejected" in outcomes else 2 if "undecided" in outcomes else 0


def _file(made: Scored) -> FileModel:
    assert made.verdict.receipt is not None
    qualities = tuple(
        _quality(subject, attribution(subject, made.source.body, made.traces)) for subject in made.subjects
    )
    return FileModel(path=str(made.source.path), receipt=made.verdict.receipt, qualities=qualities)


def _quality(subject: Subject, lines: Sequence[LineCost]) -> QualityModel:
    return QualityModel(
        theorem=subject.target,
        metrics=vector(subject),
        versions={metric.name: metric.version for metric in METRICS},
        tactics=histogram(subject),
        survives=dict(subject.survives),
        lines=tuple(
            LineModel(line=c.line, text=c.text, tokens=c.tokens, burden=c.burden, heartbeats=c.heartbeats)
            for c in lines
        ),
    )


def _choice(profile: Profile, old: QualityModel, new: QualityModel) -> ChoiceModel:
    made = choose(profile, old.metrics, new.metrics)
    better = {1: 1, -1: 0}.get(made.better)
    return ChoiceModel(theorem=old.theorem, profile=profile.name, better=better, why=made.why)


def _show_file(file: FileModel) -> None:
    out.print(Text(file.path, "bold"), brief(file.receipt))


def _show_quality(quality: QualityModel) -> None:
    table = Table("metric", "value", "unit", "may select", title=quality.theorem, title_justify="left")
    for metric in METRICS:
        table.add_row(metric.name, _number(quality.metrics[metric.name]), metric.unit, "yes" if metric.selects else "")
    out.print(table)
    costs = Table("line", "tokens", "burden", "heartbeats", "text")
    for cost in quality.lines:
        beats = _number(cost.heartbeats)
        costs.add_row(str(cost.line), str(cost.tokens), str(cost.burden), beats, Text(cost.text))
    out.print(costs)
    for name, survived in quality.survives.items():
        out.print(Text(f"  {'survives' if survived else 'breaks with'}: {name}", "dim" if survived else "yellow"))


def _show_pair(one: QualityModel, other: QualityModel, choices: Sequence[ChoiceModel], names: tuple[str, str]) -> None:
    table = Table("metric", *names, title=one.theorem, title_justify="left")
    for metric in METRICS:
        old, new = one.metrics[metric.name], other.metrics[metric.name]
        gain = metric.gain(old, new)
        styles = ("green", "") if gain < 0 else ("", "green") if gain > 0 else ("", "")
        table.add_row(metric.name, Text(_number(old), styles[0]), Text(_number(new), styles[1]))
    out.print(table)
    for choice in choices:
        who = "neither" if choice.better is None else names[choice.better]
        out.print(Text.assemble((f"{choice.profile}: ", "bold"), who, (f"  {choice.why}", "dim")))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
