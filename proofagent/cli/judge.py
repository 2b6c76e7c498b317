"""`proofagent judge`: which of several accepted proofs of the same theorems a panel of models finds better."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.text import Text

from proofagent.check.gate import check
from proofagent.check.receipt import Receipt, sha256
from proofagent.cli import options as o
from proofagent.cli.console import err, out, print_json, printable
from proofagent.cli.verdict import brief
from proofagent.errors import ConfigError, UsageError
from proofagent.goals.files import Source, source
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.lean.native import find_judges
from proofagent.runs.asking import Asking, Flags, open_plan, plan_of
from proofagent.runs.task import Task, task_of
from proofagent.score.panel import aggregate
from proofagent.score.panel.ballot import Rubric
from proofagent.score.panel.panel import Accepted, PairModel, Panel, PanelReport, Spent

Files = Annotated[
    list[Path], typer.Argument(help="Files that prove the same theorems; the first one says which.", metavar="FILE...")
]
Rubrics = Annotated[
    list[Rubric] | None,
    typer.Option("--rubric", help="A criterion to judge by; may be repeated; all of them where nothing is said."),
]


Theorems = Annotated[
    list[str] | None,
    typer.Option(
        "--theorem", "-t", help="What is to be proved, by full name; all theorems that all files have where not given."
    ),
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileModel(_Model):
    """A file and what the gate says of it."""

    path: str
    receipt: Receipt


class JudgedReport(_Model):
    """What `judge --json` prints."""

    schema_version: Literal[1] = 1
    theorems: tuple[str, ...]
    files: tuple[FileModel, ...]
    panel: PanelReport | None
    """Of the accepted files; null where fewer than two are."""


def judge(
    files: Files,
    rubric: Rubrics = None,
    theorem: Theorems = None,
    model: o.ModelNames = None,
    base_url: o.BaseUrl = None,
    key_env: o.KeyEnv = None,
    profile: o.ProfileName = None,
    config: o.ConfigFile = None,
    temperature: o.Temperature = None,
    tokens: o.Tokens = None,
    dollars: o.Dollars = None,
    record: o.Record = None,
    replay: o.Replay = None,
    time: Annotated[float, typer.Option("--time", help="Seconds for each compilation and for the replay.")] = 120.0,
    json: o.Json = False,
) -> int:
    """Rank proofs of the same theorems by a panel of language models, each of which has to pass an exam first.

    Every file is put to the gate first; what it does not accept is not ranked, and no judge can change that. Every
    model judges by every rubric; pairs are asked in both orders, without comments and strings. Exit codes: 0 ranked,
    1 the gate rejected a file, 2 undecided (no judge passed, the judges disagree, the environment failed), 64 usage.

    Examples of use:

      [bold]proofagent judge A.lean B.lean --model openai/gpt-4o-mini[/]

      [bold]proofagent judge A.lean B.lean C.lean -m anthropic/claude-sonnet-5 -m openai/gpt-4o --dollars 0.50[/]

      [bold]proofagent judge A.lean B.lean --model ollama/qwen3:8b --rubric readability --rubric naming --json[/]
    """
    if len(files) < 2:
        raise UsageError("two files at least are needed: there is nothing to compare")
    o.demand_time(time)
    flags = Flags(
        model or (), base_url, key_env, samples=1, temperature=temperature, tokens=tokens, dollars=dollars,
        record=record, replay=replay or (),
    )  # fmt: skip
    plan = plan_of(flags, config, profile)
    if not plan.specs:
        raise ConfigError("judging needs a model: add --model provider/name, for example openai/gpt-4o-mini")
    aggregate.demand_library()
    sources = [source(path) for path in files]
    task = task_of(sources, theorem or ())
    with nullcontext() if json or not err.is_terminal else err.status("judging"):
        report = anyio.run(_judged, plan, tuple(rubric or Rubric), sources, task, time)
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        _show(report)
    return _code(report)


def _code(report: JudgedReport) -> int:
    if any(file.receipt.outcome == "rejected" for file in report.files):
        return 1
    ranked = report.panel is not None and bool(report.panel.ranking)
    return 0 if ranked and all(file.receipt.outcome == "accepted" for file in report.files) else 2


async def _judged(
    plan: Asking, rubrics: Sequence[Rubric], sources: Sequence[Source], task: Task, time: float
) -> JudgedReport:
    # The models first: a missing key is said before Lean works for nothing.
    async with open_plan(plan, plan.specs) as models:
        receipts = await _receipts(task, sources, time)
        checked = list(zip(sources, receipts, strict=True))
        accepted = [_accepted(each, task, receipt) for each, receipt in checked if receipt.outcome == "accepted"]
        return JudgedReport(
            theorems=task.theorems,
            files=tuple(FileModel(path=str(each.path), receipt=receipt) for each, receipt in checked),
            panel=await Panel(models.clients, rubrics).rank(accepted) if len(accepted) > 1 else None,
        )


def _accepted(file: Source, task: Task, receipt: Receipt) -> Accepted:
    digest = sha256(receipt.model_dump_json())
    return Accepted(name=str(file.path), statement=task.statement, proof=file.body, receipt=digest)


async def _receipts(task: Task, sources: Sequence[Source], time: float) -> list[Receipt]:
    """What the gate says of each file, measured by the first file's statements."""
    others = await find_judges()
    found = []
    async with embedded_pool(spares=1) as pool:
        pool.warm(Header(task.imports))
        for each in sources:
            verdict = await check(task.claim(each), pool, deadline=time, judges=others)
            assert verdict.receipt is not None
            found.append(verdict.receipt)
    return found


def _show(report: JudgedReport) -> None:
    for file in report.files:
        out.print(Text(file.path, "bold"), brief(file.receipt))
    if report.panel is None:
        err.print("fewer than two files are accepted: there is nothing to compare")
        return
    _show_panel(report.panel)


def _show_panel(panel: PanelReport) -> None:
    for each in panel.judges:
        mark, style = ("✓", "green") if each.exam.passed else ("✗", "yellow")
        marks = ", ".join(f"{check.check} {check.right}/{check.asked}" for check in each.exam.checks)
        out.print(Text.assemble((f"{mark} ", style), printable(each.id), (f"  exam: {marks or 'not held'}", "dim")))
        for reason in each.exam.reasons:
            out.print(Text(f"    no vote: {reason.fault}: {printable(reason.text)}", "yellow"))
        if each.stopped:
            out.print(Text(f"    did not vote on all pairs: {printable(each.stopped)}", "yellow"))
    for rank in panel.ranking:
        out.print(Text.assemble((f"{rank.place}.", "bold"), f" {rank.name}  strength {rank.strength:+.2f}"))
    if not panel.ranking:
        out.print(Text(f"no ranking: {panel.why}", "bold yellow"))
    for pair in panel.pairs:
        if pair.preference is None:
            one, other = panel.proofs[pair.first].name, panel.proofs[pair.second].name
            out.print(Text(f"the panel abstains on {one} and {other}: {_votes(pair)}", "yellow"))
    alpha = "not defined" if panel.agreement is None else f"{panel.agreement:.2f}"
    out.print(Text(f"agreement of the judges (Krippendorff's alpha): {alpha}; {_cost(panel.cost)}", "dim"))


def _votes(pair: PairModel) -> str:
    names = {"first": "the first", "second": "the second", "tie": "a tie"}
    said = [f"{count} for {names[preference]}" for preference, count in pair.votes.items()]
    return ", ".join([*said, *([f"{pair.abstained} for nothing"] if pair.abstained else [])])


def _cost(cost: Spent) -> str:
    price = f"${cost.dollars + cost.unconfirmed_dollars:.4f}"
    unknown = f", {cost.unpriced_tokens:,} tokens without a price" if cost.unpriced_tokens else ""
    return f"{cost.questions} questions, {cost.tokens:,} tokens, {price}{unknown}"
