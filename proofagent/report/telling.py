"""What the fixed parts of the page say: cards of runs, comparisons, failures, settings. Texts are cut and plain."""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from proofagent.report.comparing import odds
from proofagent.report.models import BatchReports, Comparison, FailureKind, GoalRef, RunModel, Seconds
from proofagent.report.texts import line_of, shown
from proofagent.runs.taxonomy import UNREAD

Value = None | bool | int | float | str | Sequence["Value"] | Mapping[str, "Value"]
"""What a template is given."""

PREFIX = 16
"""Digits of a digest that a page knows a goal by."""

OUTCOMES = ("proved", "refuted", "partial", "unproved", "undecided", "error", "open")
_LIMITS = (1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600)
_MOST_EXAMPLES = 3
_MOST_NAMES, _MOST_REFUSED, _MOST_NAME, _MOST_LINE, _MOST_REASON = 20, 30, 120, 200, 2_000
_STATES = {
    "done": "done",
    "interrupted": "interrupted; the same command goes on",
    "out-of-time": "its time was up",
    "not finished": "not finished: at work, or killed",
}


def labels(count: int) -> list[str]:
    """Short names of runs: A, B and so on, A2 after Z."""
    turns = ((i // 26, ascii_uppercase[i % 26]) for i in range(count))
    return [letter if not turn else f"{letter}{turn + 1}" for turn, letter in turns]


def names(runs: Sequence[RunModel]) -> list[str]:
    """What runs are called: the last part of the path, all of it where two have the same."""
    last = [line_of(run.run.rstrip("/").rpartition("/")[2], _MOST_NAME) for run in runs]
    whole = [line_of(run.run, _MOST_NAME) for run in runs]
    return [short if short and last.count(short) == 1 else path for short, path in zip(last, whole, strict=True)]


def told(report: BatchReports) -> dict[str, Value]:
    """Everything that the templates need of a report."""
    runs, count = report.runs, len(report.runs)
    called, marks = names(runs), labels(count)
    cards = [_card(run, i, marks[i], called[i]) for i, run in enumerate(runs)]
    sets = iter(range(2 * len(report.comparisons)))
    only = cards[0] if count == 1 else None
    return {
        "title": f"{only['name']}: {only['count']} of {only['of']} goals proved" if only else f"{count} runs compared",
        "runs": cards,
        "bands": _bands(runs),
        "limits": _limits(runs),
        "pairs": [_pair(pair, cards, (next(sets), next(sets)), corrected=count > 2) for pair in report.comparisons],
        "endings": _endings(runs),
        "failures": _failures(runs, marks),
        "settings": _settings(runs),
    }


def _card(run: RunModel, index: int, label: str, name: str) -> dict[str, Value]:
    order = sorted(run.outcomes.items(), key=lambda item: OUTCOMES.index(item[0]) if item[0] in OUTCOMES else 99)
    share, complete = run.proved, run.accepted + len(run.refused)
    return {
        "index": index,
        "label": label,
        "name": name,
        "count": f"{share.count:,}",
        "of": f"{share.of:,}",
        "share": _percent(share.count, share.of, share.low, share.high),
        "said": ", ".join(f"{count} {outcome}" for outcome, count in order) or "no goals",
        "parts": [{"outcome": outcome, "count": count} for outcome, count in order],
        "facts": _facts(run),
        "gate": f"The gate accepted {run.accepted:,} of {complete:,} scripts that looked complete."
        if complete
        else "No script looked complete.",
        "refused": [
            {
                "digest": refused.digest[:PREFIX],
                "name": line_of(refused.name, _MOST_NAME),
                "why": shown(refused.why, _MOST_REASON),
            }
            for refused in run.refused[:_MOST_REFUSED]
        ],
        "refused_more": max(0, len(run.refused) - _MOST_REFUSED),
    }


def _percent(count: int, of: int, low: float, high: float) -> str:
    return f"{count / of:.1%}; goals like these: {low:.0%} to {high:.0%}" if of else "no goal was begun"


def _facts(run: RunModel) -> list[tuple[str, str]]:
    facts = [("state", _STATES.get(run.stopped, run.stopped)), ("time of work", duration(run.work_seconds))]
    if run.config is not None:
        facts.insert(0, ("goals", line_of(run.config.goals, _MOST_LINE)))
        first, most = f"{run.config.first_seconds:g}", f"{run.config.seconds:g} s"
        facts.append(("for each goal", most if f"{first} s" == most else f"{first} s, doubled up to {most}"))
    if run.resumed:
        facts.append(("went on", f"{run.resumed} time{'' if run.resumed == 1 else 's'}"))
    if run.bad_lines:
        facts.append(("lines that are no goals", f"{run.bad_lines:,}"))
    if run.calls:
        cost = run.cost
        price = f"${cost.dollars:.4f}" + (" and tokens of unknown price" if cost.unpriced_tokens else "")
        facts.append(("models", f"{run.calls:,} calls, {cost.tokens:,} tokens, {price}"))
    return facts


def duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"


def _bands(runs: Sequence[RunModel]) -> str:
    text = (
        "Bands: where the share of goals like these would be, with 95% confidence, at each point (Wilson’s interval)."
    )
    if any(run.stopped != "done" for run in runs):
        text += " A run that is not done counts goals as not proved that had less time: what is certain so far."
    return text


def _limits(runs: Sequence[RunModel]) -> list[Value]:
    longest = max((row.seconds for run in runs for row in run.rows), default=0.0)
    limits = [limit for place, limit in enumerate(_LIMITS) if not place or _LIMITS[place - 1] < longest]
    return [
        {
            "seconds": f"{limit} s",
            "counts": [f"{sum(point.seconds <= limit for point in run.curve):,}" for run in runs],
        }
        for limit in limits
        if any(run.curve for run in runs)
    ]


def _pair(
    pair: Comparison, cards: Sequence[Mapping[str, Value]], sets: tuple[int, int], *, corrected: bool
) -> dict[str, Value]:
    first, second = cards[pair.first], cards[pair.second]
    left_out = [
        (f"{len(pair.unknown_to_second):,} goals that only {first['label']} knows", pair.unknown_to_second),
        (f"{len(pair.unknown_to_first):,} goals that only {second['label']} knows", pair.unknown_to_first),
        (f"{len(pair.unfinished):,} goals with which one of them has come to no end", pair.unfinished),
    ]
    return {
        "first": first,
        "second": second,
        "verdict": pair.verdict,
        "common": pair.common,
        "both": pair.both,
        "neither": pair.neither,
        "first_only": _alone(pair.first_only, first, second, sets[0]),
        "second_only": _alone(pair.second_only, second, first, sets[1]),
        "p": odds(pair.p),
        "p_holm": odds(pair.p_holm) if corrected else "",
        "seconds": _seconds(pair.seconds) if pair.seconds else None,
        "left_out": [{"title": f"Left out: {title}", **_named(goals)} for title, goals in left_out if goals],
    }


def _alone(
    goals: Sequence[GoalRef], who: Mapping[str, Value], other: Mapping[str, Value], place: int
) -> dict[str, Value]:
    return {
        "title": f"Proved by {who['label']}, not by {other['label']}:",
        "label": who["label"],
        "count": len(goals),
        "goals": [
            {"digest": goal.digest[:PREFIX], "name": line_of(goal.name, _MOST_NAME)} for goal in goals[:_MOST_NAMES]
        ],
        "more": max(0, len(goals) - _MOST_NAMES),
        "place": place,
    }


def _named(goals: Sequence[GoalRef]) -> dict[str, Value]:
    shown_names = [line_of(goal.name, _MOST_NAME) for goal in goals[:_MOST_NAMES]]
    return {"names": shown_names, "more": max(0, len(goals) - _MOST_NAMES)}


def _seconds(seconds: Seconds) -> dict[str, Value]:
    known = seconds.low is not None and seconds.high is not None
    return {
        "verdict": seconds.verdict,
        "pairs": seconds.pairs,
        "ratio": f"{seconds.ratio:.2f}",
        "interval": f" (95%: {seconds.low:.2f} to {seconds.high:.2f})" if known else ", of too few for an interval",
        "p": odds(seconds.p),
        "p_holm": odds(seconds.p_holm),
    }


def _endings(runs: Sequence[RunModel]) -> list[Value]:
    kinds = {kind: sum(run.endings.get(kind, 0) for run in runs) for run in runs for kind in run.endings}
    most = max((count for run in runs for count in run.endings.values()), default=1)
    return [
        {"kind": kind, **_measures([run.endings.get(kind, 0) for run in runs], most)}
        for kind, _ in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    ]


def _failures(runs: Sequence[RunModel], marks: Sequence[str]) -> list[Value]:
    tables = [{failure.kind: failure for failure in run.failures} for run in runs]
    kinds = {kind: sum(table[kind].count for table in tables if kind in table) for table in tables for kind in table}
    most = max((failure.count for run in runs for failure in run.failures), default=1)
    return [
        {
            "kind": kind,
            "goals": sum(table[kind].goals for table in tables if kind in table),
            "examples": _examples([(table.get(kind), mark) for table, mark in zip(tables, marks, strict=True)]),
            **_measures([table[kind].count if kind in table else 0 for table in tables], most),
        }
        for kind, _ in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    ]


def _examples(found: Sequence[tuple[FailureKind | None, str]]) -> list[Value]:
    made: list[Value] = [
        {
            "digest": example.digest[:PREFIX],
            "label": mark,
            "name": line_of(example.name, _MOST_NAME),
            "tactic": line_of(example.tactic, _MOST_LINE),
            "target": line_of(example.target, _MOST_LINE),
            "reason": "" if example.reason == UNREAD else shown(example.reason, _MOST_REASON),
        }
        for failure, mark in found
        if failure is not None
        for example in failure.examples
    ]
    return made[:_MOST_EXAMPLES]


def _measures(counts: Sequence[int], most: int) -> dict[str, Value]:
    return {"counts": [f"{count:,}" for count in counts], "widths": [f"{100 * count / most:.2f}" for count in counts]}


def _settings(runs: Sequence[RunModel]) -> list[Value]:
    tables = [run.config.model_dump() if run.config else {} for run in runs]
    fields = list(dict.fromkeys(name for table in tables for name in table))
    rows: list[Value] = []
    for name in fields:
        values = [_setting(table.get(name, "")) for table in tables]
        if any(values):
            rows.append({"name": name.replace("_", " "), "values": values, "differs": len(set(values)) > 1})
    return rows


def _setting(value: object) -> str:
    text = (
        ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else value
    )
    return line_of(str(text), _MOST_LINE)
