"""`proofagent show`: why a run did what it did, from its trace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.text import Text

from proofagent.cli import options as o
from proofagent.cli.console import out, print_json, printable
from proofagent.cli.pictures import aligned, cost_line
from proofagent.errors import GoalError
from proofagent.runs.calls import AnswerModel, CallModel, CostModel, MessageModel, SaidModel
from proofagent.runs.results import GoalResult
from proofagent.runs.trace import CallLine, GoalLine, Line, ResultLine, TriedLine, newest, read_trace

_STYLES = {"proved": "green", "refuted": "magenta", "partial": "cyan", "error": "red"}
_LINES = 12


def show(
    trace: Annotated[
        Path | None, typer.Argument(help="A trace that `prove` wrote; the newest where none is named.", metavar="TRACE")
    ] = None,
    theorem: Annotated[str | None, typer.Option("--theorem", "-t", help="Only the goal of this name.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Prompts, answers and messages in full.")] = False,
    tactics: Annotated[bool, typer.Option("--tactics", help="Also what was tried that no model proposed.")] = False,
    json: o.Json = False,
) -> int:
    """Show every prompt, every answer, what it cost, and what Lean said to each candidate.

    Examples of use:

      [bold]proofagent show[/]

      [bold]proofagent show run.jsonl --theorem t --full[/]
    """
    path = trace or newest()
    goals = [goal for goal in _goals(read_trace(path)) if theorem is None or goal.name == theorem]
    if not goals:
        missing = f"there is no goal `{theorem}` in the trace" if theorem else "the trace holds no goal"
        raise GoalError(missing, where=str(path))
    if json:
        print_json(TraceReport(path=str(path), goals=tuple(goal.model() for goal in goals)).model_dump_json(indent=2))
        return 0
    for goal in goals:
        out.print(_told(goal, full=full, tactics=tactics))
    return 0


class TracedGoal(BaseModel):
    """A goal of a trace; `result` is None where the run ended before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    statement: str
    calls: tuple[CallModel, ...]
    others: tuple[SaidModel, ...]
    """Candidates that no model proposed."""

    result: GoalResult | None


class TraceReport(BaseModel):
    """What `show --json` prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    goals: tuple[TracedGoal, ...]


@dataclass(slots=True)
class _Goal:
    begun: GoalLine
    calls: dict[str, CallModel] = field(default_factory=dict)
    tried: dict[str, list[tuple[str, SaidModel]]] = field(default_factory=dict)
    """By call, "" for none, what was tried, each with who proposed it."""

    result: GoalResult | None = None

    @property
    def name(self) -> str:
        return self.begun.name

    def model(self) -> TracedGoal:
        calls = (
            call.model_copy(update={"candidates": tuple(said for _, said in self.tried.get(call.id, ()))})
            for call in self.calls.values()
        )
        others = tuple(said for _, said in self.tried.get("", ()))
        return TracedGoal(
            name=self.name, statement=self.begun.statement, calls=tuple(calls), others=others, result=self.result
        )


def _goals(lines: Iterable[Line]) -> Iterator[_Goal]:
    goal: _Goal | None = None
    for line in lines:
        if isinstance(line, GoalLine):
            if goal is not None:
                yield goal
            goal = _Goal(line)
        elif goal is None:
            continue
        elif isinstance(line, CallLine):
            goal.calls[line.call.id] = line.call
        elif isinstance(line, TriedLine):
            goal.tried.setdefault(line.call, []).append((line.origin, line.tried))
        elif isinstance(line, ResultLine):
            goal.result = line.result
    if goal is not None:
        yield goal


def _told(goal: _Goal, *, full: bool, tactics: bool) -> Text:
    text = Text.assemble((goal.name, "bold"), "\n", goal.begun.statement.strip(), "\n")
    for call in goal.calls.values():
        text.append_text(_call(call, goal.tried.get(call.id, []), full=full))
    others = goal.tried.get("", [])
    if others:
        worked = sum(said.status == "ok" for _, said in others)
        text.append(f"\nwithout a model: {len(others)} candidates, {worked} worked\n", "bold")
        if tactics:
            text.append_text(_candidates(others, full=full))
    result = goal.result
    if result is None:
        return text.append("\nthe run ended before this goal did\n", "yellow")
    text.append(f"\n{result.outcome}", _STYLES.get(result.outcome, "yellow"))
    text.append(
        f"  {result.seconds:.1f} s, {result.candidates} candidates, {cost_line(result.cost, len(goal.calls))}\n", "dim"
    )
    for said in (result.why, *result.notes):
        if said:
            text.append(f"  {printable(said)}\n", "yellow")
    for refused in result.refused:
        text.append(f"  the gate did not accept a script: {refused}\n", "yellow")
    proof = result.proof or result.refutation
    return text.append(f"{aligned(proof)}\n") if proof else text


def _call(call: CallModel, tried: list[tuple[str, SaidModel]], *, full: bool) -> Text:
    head = f"\n{call.id} {call.purpose}"
    text = Text.assemble((head, "bold cyan"), f"  {call.model}, ", _price(call.cost), f", {call.seconds:.1f} s")
    if call.tries > 1:
        text.append(f", {call.tries} tries")
    text.append("\n")
    for message in call.prompt if full else call.prompt[-1:]:
        text.append_text(_part(message, full=full))
    for answer in call.answers:
        text.append_text(_part(answer, full=full))
    if call.failure is not None:
        text.append(f"  {call.failure.kind}: {printable(call.failure.detail)}\n", "red")
    return text.append_text(_candidates(tried, full=full))


def _price(cost: CostModel) -> str:
    return f"{cost.input_tokens:,} + {cost.output_tokens:,} tokens, ${cost.dollars:.4f}"


def _part(part: MessageModel | AnswerModel, *, full: bool) -> Text:
    name = part.role if isinstance(part, MessageModel) else f"answer ({part.end})"
    style = "dim" if isinstance(part, MessageModel) else ""
    return Text.assemble((f"  {name}:\n", "italic"), (_body(part.text, full=full), style))


def _candidates(tried: list[tuple[str, SaidModel]], *, full: bool) -> Text:
    text = Text()
    for origin, said in tried:
        mark, style = ("✓", "green") if said.status == "ok" else ("✗", "red")
        text.append(f"  {mark} ", style).append(f"{origin}\n", "dim").append(_body(said.tactic, full=full))
        if said.said:
            text.append(_body(f"{said.status}: {said.said}", full=full), "dim red")
        for target in said.leaves:
            text.append(f"      ⊢ {target}\n", "cyan")
    return text


def _body(text: str, *, full: bool) -> str:
    lines = printable(text).strip().split("\n")
    left = 0 if full else max(0, len(lines) - _LINES)
    kept = lines[: len(lines) - left]
    more = [f"… {left} more lines (--full)"] if left else []
    return "".join(f"      {line}\n" for line in [*kept, *more])
