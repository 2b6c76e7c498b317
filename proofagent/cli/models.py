"""`proofagent models`: which models there are, what they cost, whether they answer, and what they can do."""

import os
from dataclasses import replace
from typing import Annotated

import anyio
import typer
from pydantic import BaseModel, ConfigDict
from rich.table import Table
from rich.text import Text

from proofagent.cli import options as o
from proofagent.cli.console import err, out, print_json, printable
from proofagent.config.models import ModelSpec
from proofagent.config.providers import PROVIDERS
from proofagent.config.settings import default_path
from proofagent.errors import ConfigError
from proofagent.goals.loaders import from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.llm.chat import Message, Prompt
from proofagent.runs.asking import Asking, Flags, open_desk, open_plan, plan_of
from proofagent.runs.attempt import attempt
from proofagent.runs.calls import CostModel, FailureModel, failure_model
from proofagent.runs.results import result_of
from proofagent.types import Budget

_QUESTION = Prompt((Message("user", "Which Lean 4 tactic closes the goal `n + 0 = n`? Answer with the tactic alone."),))
_TRIAL = "theorem trial (n : Nat) : n * (n + 1) % 2 = 0"
_TRIAL_SECONDS = 180.0


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AskedModel(_Model):
    """What a model made of a question or of a goal."""

    answer: str = ""
    failure: FailureModel | None = None
    outcome: str = ""
    """Of the goal, where one was tried."""

    cost: CostModel
    seconds: float


class ModelReport(_Model):
    """A model as it is configured. Dollars are for a million tokens."""

    id: str
    base_url: str
    key_env: str
    key_set: bool
    weight: float
    input_dollars: float | None
    output_dollars: float | None
    price_from: str
    asked: AskedModel | None = None
    trial: AskedModel | None = None


class ModelsReport(_Model):
    """What `models --json` prints."""

    models: tuple[ModelReport, ...]
    settings: str
    """Where one's own settings are looked for."""

    providers: dict[str, str]
    """Providers known by name, with their addresses."""


def models(
    model: o.ModelNames = None,
    base_url: o.BaseUrl = None,
    key_env: o.KeyEnv = None,
    profile: o.ProfileName = None,
    config: o.ConfigFile = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask each one a short question: costs a few tokens.")] = False,
    trial: Annotated[bool, typer.Option("--trial", help="Let each one prove a small theorem.")] = False,
    tokens: o.Tokens = None,
    dollars: o.Dollars = None,
    record: o.Record = None,
    replay: o.Replay = None,
    json: o.Json = False,
) -> int:
    """Say which models are configured and what they cost; with --ask or --trial, whether they answer and prove.

    Examples of use:

      [bold]proofagent models[/]

      [bold]proofagent models --model openai/gpt-4o-mini --ask[/]

      [bold]proofagent models --model ollama/qwen3:8b --trial[/]
    """
    flags = Flags(model or (), base_url, key_env, tokens=tokens, dollars=dollars, record=record, replay=replay or ())
    plan = plan_of(flags, config, profile)
    reports = anyio.run(_reports, plan, ask, trial)
    known = {name: provider.base_url for name, provider in PROVIDERS.items()}
    report = ModelsReport(models=reports, settings=str(config or default_path()), providers=known)
    if json:
        print_json(report.model_dump_json(indent=2))
    else:
        _show(report)
    tried = [asked for each in reports for asked in (each.asked, each.trial) if asked is not None]
    return 2 if any(asked.failure for asked in tried) else 0


async def _reports(plan: Asking, ask: bool, trial: bool) -> tuple[ModelReport, ...]:
    found = []
    for spec in plan.specs:
        asked = await _asked(plan, spec) if ask or trial else None
        able = asked is not None and asked.failure is None
        found.append(_report(spec, asked, await _trial(plan, spec) if trial and able else None))
    return tuple(found)


def _report(spec: ModelSpec, asked: AskedModel | None, trial: AskedModel | None) -> ModelReport:
    return ModelReport(
        id=spec.id,
        base_url=spec.provider.base_url,
        key_env=spec.provider.key_env,
        key_set=bool(spec.key(os.environ)),
        weight=spec.table.weight,
        input_dollars=float(spec.price.input) if spec.price else None,
        output_dollars=float(spec.price.output) if spec.price else None,
        price_from=spec.price_from,
        asked=asked,
        trial=trial,
    )


async def _asked(plan: Asking, spec: ModelSpec) -> AskedModel:
    one = replace(spec, table=spec.table.model_copy(update={"samples": 1}))
    try:
        async with open_plan(plan, [one]) as opened:
            (call,) = await opened.clients[0].ask(_QUESTION)
    except ConfigError as error:  # no key: the other models may have theirs
        return AskedModel(failure=FailureModel(kind="unauthorized", detail=str(error)), cost=CostModel(), seconds=0.0)
    return AskedModel(
        answer=call.answers[0].text if call.answers else "",
        failure=failure_model(call.failure) if call.failure else None,
        cost=CostModel.of(call.cost),
        seconds=round(call.seconds, 3),
    )


async def _trial(plan: Asking, spec: ModelSpec) -> AskedModel:
    """One goal with this model alone: no portfolio, nothing refuted."""
    alone = replace(plan, specs=(spec,), portfolio=False, refute=False)
    goal = from_statement(_TRIAL)
    async with embedded_pool() as pool, open_desk(alone, pool) as desk:
        result = result_of(await attempt(goal, pool, desk.team(goal), Budget(_TRIAL_SECONDS)))
        cost = CostModel.of(desk.ledger.spent)
    failed = next((call.failure for call in result.calls if call.failure), None)
    return AskedModel(
        answer=result.proof or "",
        failure=None if result.outcome == "proved" else failed,
        outcome=result.outcome,
        cost=cost,
        seconds=result.seconds,
    )


def _show(report: ModelsReport) -> None:
    if not report.models:
        _explain(report)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("model", "served by", "key", "$ a million in / out", "answers", "proves"):
        table.add_column(head)
    for each in report.models:
        table.add_row(
            Text(each.id), Text(each.base_url), _key(each), _price(each), _answer(each.asked), _answer(each.trial)
        )
    out.print(table)


def _key(each: ModelReport) -> Text:
    if not each.key_env:
        return Text("none needed", "dim")
    return Text(each.key_env, "green") if each.key_set else Text(f"{each.key_env} is not set", "red")


def _price(each: ModelReport) -> str:
    if each.input_dollars is None:
        return "unknown: tokens are counted only"
    return f"{each.input_dollars:g} / {each.output_dollars:g} ({each.price_from})"


def _answer(asked: AskedModel | None) -> Text:
    if asked is None:
        return Text("not asked", "dim")
    price = f" ({asked.cost.tokens:,} tokens, ${asked.cost.dollars:.4f}, {asked.seconds:.1f} s)"
    if asked.failure is not None:
        return Text.assemble((asked.failure.kind, "red"), f": {printable(asked.failure.detail)}")
    if asked.outcome:
        return Text.assemble((asked.outcome, "green" if asked.outcome == "proved" else "yellow"), price)
    return Text.assemble(("yes", "green"), f": {' '.join(printable(asked.answer).split())[:40]}", price)


def _explain(report: ModelsReport) -> None:
    err.print("no model is configured; the portfolio of tactics needs none. Ways to name one:")
    err.print("  for a run        proofagent prove GOAL --model provider/name [--base-url URL]")
    err.print("  for a shell      PROOFAGENT_MODEL=provider/name")
    err.print(f"  for good         a profile in {report.settings}", markup=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for head in ("provider", "served by", "key"):
        table.add_column(head)
    for name, provider in PROVIDERS.items():
        there = bool(os.environ.get(provider.key_env)) if provider.key_env else True
        key = Text(provider.key_env or "none needed", "green" if there else "dim")
        table.add_row(name, provider.base_url, Text.assemble(key, "" if there else " (not set)"))
    out.print(table)
