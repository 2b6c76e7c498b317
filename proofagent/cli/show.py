"""`proofagent show`: why a run did what it did, from its trace, or from the journal of a batch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict
from rich.text import Text
from rich.tree import Tree

from proofagent.cli import options as o
from proofagent.cli.console import out, print_json, printable
from proofagent.cli.pictures import aligned, cost_line, proof_tree, receipt_lines
from proofagent.errors import GoalError, UsageError
from proofagent.report.finding import find_goal, names_of
from proofagent.report.stories import Try, whole_of
from proofagent.runs.calls import AnswerModel, CallModel, CostModel, MessageModel, SaidModel
from proofagent.runs.journal import Known, read_events
from proofagent.runs.results import GoalResult
from proofagent.runs.searched import SearchModel
from proofagent.runs.taxonomy import UNREAD
from proofagent.runs.trace import CallLine, GoalLine, Line, ResultLine, TriedLine, newest, read_trace

_STYLES = {"proved": "green", "refuted": "magenta", "partial": "cyan", "error": "red"}
_SEEN = {"open": ("○", "cyan"), "proved": ("✓", "green"), "failed": ("✗", "red")}
_LINES, _ROWS, _WHOLE_TREE = 12, 20, 1_000


def show(
    trace: Annotated[
        Path | None,
        typer.Argument(
            help="A trace that `prove` wrote, the newest where none is named; or a folder that `batch` wrote.",
            metavar="TRACE|RUN",
        ),
    ] = None,
    named: Annotated[
        str | None, typer.Argument(help="Of a run: the goal's name, or the beginning of its digest.", metavar="GOAL")
    ] = None,
    theorem: Annotated[str | None, typer.Option("--theorem", "-t", help="Only the goal of this name.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Prompts, answers and messages in full.")] = False,
    tactics: Annotated[bool, typer.Option("--tactics", help="Also what was tried that no model proposed.")] = False,
    json: o.Json = False,
) -> int:
    """Show every prompt, every answer, what it cost, and what Lean said to each candidate.

    Of a goal of a batch: its attempts, its proof, the search, how tactics failed, what the gate did not accept.

    Examples of use:

      [bold]proofagent show[/]

      [bold]proofagent show run.jsonl --theorem t --full[/]

      [bold]proofagent show run t[/]
    """
    if named is not None and theorem is not None and named != theorem:
        raise UsageError("GOAL and --theorem are two names for one thing; give one of them")
    theorem = theorem if named is None else named
    if trace is not None and trace.is_dir():
        if tactics:
            raise UsageError("--tactics is for traces; the journal of a batch has examples of what failed, and no more")
        _show_of_run(trace, theorem, full=full, json=json)
        return 0
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


class RunGoal(BaseModel):
    """What `show RUN GOAL --json` prints: a goal of a batch; `result` and `search` are of the attempt that tells."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    goal: Known
    attempts: tuple[Try, ...]
    kind: str
    """Why it is not proved; empty where it is."""

    refused: tuple[str, ...]
    calls: tuple[CallModel, ...]
    result: GoalResult | None
    search: SearchModel | None


def _show_of_run(run: Path, wanted: str | None, *, full: bool, json: bool) -> None:
    if wanted is None:
        raise UsageError(f"{run}: which goal? `proofagent show RUN GOAL`; there are {names_of(read_events(run))}")
    known = find_goal(read_events(run), wanted, where=str(run))
    whole = whole_of(read_events(run), known.digest)
    story = whole.story
    goal = RunGoal(
        run=str(run),
        goal=known,
        attempts=tuple(story.tries.values()),
        kind=story.kind,
        refused=tuple(story.refused),
        calls=tuple(whole.calls),
        result=whole.result,
        search=whole.search,
    )
    if json:
        print_json(goal.model_dump_json(indent=2))
        return
    for part in _parts(goal, full=full):
        out.print(part)


def _parts(goal: RunGoal, *, full: bool) -> Iterator[Text | Tree]:
    """What a terminal shows of a goal, from its proof down to what failed."""
    result, known = goal.result, goal.goal
    outcome = result.outcome if result is not None else "open"
    seconds = sum(attempt.seconds for attempt in goal.attempts)
    told = f"  {seconds:.1f} s, {sum(attempt.candidates for attempt in goal.attempts):,} candidates"
    yield Text.assemble((outcome, f"bold {_STYLES.get(outcome, 'yellow')}"), f" {printable(known.name)}", (told, "dim"))
    yield Text(f"{printable(known.origin or goal.run)}  {known.digest[:16]}", "dim")
    proof = result.proof if result is not None and result.proof else "sorry"
    yield _lean(known.statement + proof)
    if result is None or result.outcome != "proved":
        yield Text(f"why not: {goal.kind}", "yellow")
    if result is not None:
        yield from _result_parts(result)
    yield _attempts(goal.attempts)
    if goal.search is not None:
        if not all(step.taken for step in goal.search.steps):  # more than the proof
            yield _seen(goal.search, _WHOLE_TREE if full else _ROWS)
        yield from _failures(goal.search)
    for refused in goal.refused:
        yield Text(f"the gate did not accept a script: {printable(refused)}", "yellow")
    if goal.calls:
        cost = sum((call.cost for call in goal.calls), CostModel())
        yield Text(cost_line(cost, len(goal.calls)), "dim")
    for call in goal.calls if full else ():
        yield _call(call, [], full=True)


def _result_parts(result: GoalResult) -> Iterator[Text | Tree]:
    for said in (result.why, *(reason.text for reason in result.reasons), *result.notes):
        if said:
            yield Text(f"  {printable(said)}", "yellow")
    if result.refutation:
        yield _lean(result.refutation)
    for number, other in enumerate(result.others, 1):
        yield Text(f"another proof ({number} of {len(result.others)}):", "bold")
        yield _lean(aligned(other))
    if result.receipt is not None:
        yield receipt_lines(result.receipt)
    if tree := proof_tree(result):
        yield tree
    if result.quality:
        values = (f"{name} {value:g}" for name, value in result.quality.items())
        yield Text.assemble(("quality: ", "bold"), ", ".join(values))


def _lean(code: str) -> Text:
    from rich.syntax import Syntax  # noqa: PLC0415  pygments takes long to load

    highlighted = Syntax("", "lean4", theme="ansi_dark").highlight(printable(code))
    highlighted.rstrip()
    return highlighted


def _attempts(attempts: tuple[Try, ...]) -> Text:
    text = Text(f"attempts: {len(attempts)}", "bold")
    for attempt in attempts:
        text.append(f"\n  with {attempt.budget:g} s: ", "not bold dim")
        outcome = attempt.outcome or "at work, or killed"
        text.append(outcome, f"not bold {_STYLES.get(outcome, 'yellow')}")
        said = attempt.why if outcome == "lost" else attempt.end
        parts = [said, f"{attempt.seconds:.1f} s", f"{attempt.candidates:,} candidates", attempt.worker]
        text.append(printable("".join(f", {part}" for part in parts if part)), "not bold dim")
    return text


def _seen(search: SearchModel, rows: int) -> Tree:
    """The goals that the search looked at, what it thought most of first; each is shown once."""
    left = f"search: goals seen {search.goals_seen}, tactics that worked {search.steps_seen}"
    tree, shown = Tree(Text(left, "bold")), set[int]()
    goals = {goal.id: goal for goal in search.goals}
    order = sorted(search.steps, key=lambda step: (not step.taken, step.status != "proved", step.status == "failed"))
    todo = [(tree, search.goals[0].id)] if search.goals else []
    while todo and len(shown) < rows:
        branch, place = todo.pop()
        if place in shown or place not in goals:
            continue
        shown.add(place)
        goal = goals[place]
        mark, style = _SEEN[goal.status]
        failed = f"   {goal.failed} failed" if goal.failed else ""
        here = branch.add(Text.assemble((f"{mark} ⊢ {_line(goal.target)}", style), (failed, "dim")))
        found: list[tuple[Tree, int]] = []
        for step in order:
            if step.goal == place:
                leaf = here.add(
                    Text.assemble((_line(step.tactic), "bold" if step.taken else ""), (f"   {step.origin}", "dim"))
                )
                found += [(leaf, child) for child in step.children]
        todo += reversed(found)
    hidden = search.goals_seen - len(shown)
    if hidden > 0:
        tree.add(Text(f"… and {hidden} more goals" + ("" if rows == _WHOLE_TREE else " (--full)"), "dim"))
    return tree


def _failures(search: SearchModel) -> Iterator[Text]:
    for failure in search.failures:
        text = Text.assemble(("✗ ", "red"), f"{failure.count} × {failure.kind}, ", ("for example ", "dim"))
        text.append(f"{_line(failure.tactic)}\n").append(f"    ⊢ {_line(failure.target)}", "dim")
        yield text if failure.reason == UNREAD else text.append(f"\n    {_line(failure.reason)}", "dim")


def _line(text: str, width: int = 72) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= width else line[: width - 1] + "…"
