"""Solve curves: how many goals are proved with how much of something, with the band that goals like these would show.

The band is Wilson's interval at each point, which takes the goals for a sample and the run's order as given. Goals that
had less, and are not proved, count as not proved: of a run that is not finished the curve is what is certain so far.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import ceil

from proofagent.report.models import Model, RunModel
from proofagent.report.statistics import wilson

MOST_POINTS = 600
_DIGITS = 5


class Line(Model):
    """One run: a step to `count` at each `at`; the last point is where the run ended."""

    of: int
    at: tuple[float, ...]
    count: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Curve(Model):
    """One axis, with a line for each run."""

    key: str
    title: str
    axis: str
    unit: str
    lines: tuple[Line, ...]


def curves(runs: Sequence[RunModel]) -> list[Curve]:
    """The curves that these runs have: those of what models cost only where something was paid."""
    made = [
        Curve(key="seconds", title="Seconds per goal", axis="seconds for each goal", unit="s", lines=_each(runs)),
        Curve(
            key="clock",
            title="Time of the run",
            axis="seconds of work since the run was begun, pauses left out",
            unit="s",
            lines=tuple(
                _line(run, ((moment.seconds, moment.proved) for moment in run.history), run.work_seconds)
                for run in runs
            ),
        ),
    ]
    if any(run.cost.dollars for run in runs):
        lines = tuple(_line(run, ((m.dollars, m.proved) for m in run.history), run.cost.dollars) for run in runs)
        made.append(Curve(key="dollars", title="Dollars", axis="dollars for models, in all", unit="$", lines=lines))
    if any(run.cost.tokens for run in runs):
        lines = tuple(_line(run, ((m.tokens, m.proved) for m in run.history), run.cost.tokens) for run in runs)
        made.append(Curve(key="tokens", title="Tokens", axis="tokens of models, in all", unit="tokens", lines=lines))
    return made


def _each(runs: Sequence[RunModel]) -> tuple[Line, ...]:
    return tuple(
        _line(
            run, ((point.seconds, point.proved) for point in run.curve), max((r.seconds for r in run.rows), default=0.0)
        )
        for run in runs
    )


def _line(run: RunModel, points: Iterable[tuple[float, int]], end: float) -> Line:
    """The points as a step line from 0 to `end`, thinned to what a screen shows, each with its band."""
    found = [(0.0, 0), *points]
    steps = [(at, max(count for _, count in same)) for at, same in groupby(found, key=lambda point: point[0])]
    every = ceil(len(steps) / MOST_POINTS)
    kept = [*steps[:-1:every], steps[-1], (max(end, steps[-1][0]), steps[-1][1])]
    bands = [wilson(count, run.goals) for _, count in kept]
    return Line(
        of=run.goals,
        at=tuple(round(at, _DIGITS) for at, _ in kept),
        count=tuple(count for _, count in kept),
        low=tuple(round(band.low, _DIGITS) for band in bands),
        high=tuple(round(band.high, _DIGITS) for band in bands),
    )
