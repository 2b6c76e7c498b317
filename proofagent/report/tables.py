"""A report as Markdown, as a table of comma-separated values, and as JSON."""

import csv
import io
from collections.abc import Iterator, Sequence

from proofagent.report.models import BatchReports, Comparison, RowModel, RunModel
from proofagent.report.texts import line_of

_LIMITS = (1, 2, 5, 10, 20, 60, 120, 300)
_MOST_WHY, _MOST_NAME = 80, 120


def to_json(report: BatchReports) -> str:
    return report.model_dump_json(indent=2)


def to_csv(report: BatchReports) -> str:
    """A line for each goal of each run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["run", *RowModel.model_fields])
    for run in report.runs:
        for row in run.rows:
            failures = "; ".join(f"{kind}: {count}" for kind, count in row.failures.items())
            writer.writerow([run.run, *(row.model_dump() | {"failures": failures}).values()])
    return text.getvalue()


def to_markdown(report: BatchReports) -> str:
    lines = [line for run in report.runs for line in _run(run)]
    for pair in report.comparisons:
        lines += _pair(pair, report.runs)
    return "\n".join(lines)


def _run(run: RunModel) -> Iterator[str]:
    counts = ", ".join(f"{count} {outcome}" for outcome, count in run.outcomes.items()) or "no goals"
    yield from (f"# {run.run}", "", f"{run.goals} goals: {counts}. {run.wall_seconds:.0f} s, {run.stopped}.", "")
    share = run.proved
    if share.of:
        low, high = f"{share.low:.0%}", f"{share.high:.0%}"
        yield from (f"Proved: {share.count} of {share.of}, {share.count / share.of:.0%} (95%: {low} to {high}).", "")
    if run.cost.tokens:
        yield from (f"Models: {run.calls} calls, {run.cost.tokens:,} tokens, ${run.cost.dollars:.4f}.", "")
    yield from ("| proved with at most | goals |", "|---|---|")
    yield from (f"| {limit:g} s | {sum(point.seconds <= limit for point in run.curve)} |" for limit in _LIMITS)
    yield from ("", "| goal | outcome | seconds | candidates | why |", "|---|---|---|---|---|")
    for row in run.rows:
        name, why = _cell(row.name, _MOST_NAME), _cell(row.why, _MOST_WHY)
        yield f"| {name} | {row.outcome} | {row.seconds:.1f} | {row.candidates} | {why} |"
    if run.endings:
        yield from ("", "| why not proved | goals |", "|---|---|")
        yield from (f"| {kind} | {count} |" for kind, count in run.endings.items())
    if run.failures:
        yield from ("", "| tactics that failed | how often | at goals |", "|---|---|---|")
        yield from (f"| {failure.kind} | {failure.count} | {failure.goals} |" for failure in run.failures)
    complete = run.accepted + len(run.refused)
    yield from ("", f"The gate accepted {run.accepted} of {complete} scripts that looked complete.", "")
    yield from (f"- {_cell(refused.name, _MOST_NAME)}: {_cell(refused.why, _MOST_WHY)}" for refused in run.refused)
    yield ""


def _pair(pair: Comparison, runs: Sequence[RunModel]) -> Iterator[str]:
    yield from (f"# {runs[pair.first].run} and {runs[pair.second].run}", "", pair.verdict, "")
    if pair.seconds is not None:
        yield from (pair.seconds.verdict, "")
    left_out = len(pair.unknown_to_first) + len(pair.unknown_to_second), len(pair.unfinished)
    if any(left_out):
        yield from (f"Left out: {left_out[0]} goals that only one run knows, {left_out[1]} that are not finished.", "")
    for title, goals in ((pair.first, pair.first_only), (pair.second, pair.second_only)):
        if goals:
            names = ", ".join(_cell(goal.name, _MOST_NAME) for goal in goals)
            yield from (f"Proved by {runs[title].run} alone: {names}", "")


def _cell(text: str, most: int) -> str:
    return line_of(text, most).replace("|", "\\|")
