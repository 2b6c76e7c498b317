"""What a report says, as the models that `report --format json` prints."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from proofagent.runs.calls import CostModel
from proofagent.runs.journal import BatchConfig


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowModel(Model):
    """One goal of a run; `seconds` are of all its attempts, `needed` up to and with the one that settled it."""

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
    kind: str = ""
    """Why it is not proved, in the words of `runs.taxonomy`; empty where it is."""

    proof_length: int | None = None
    """Characters of the proof that are not blank."""

    calls: int = 0
    refused: int = 0
    """Scripts that looked complete, and that the gate did not accept, of all attempts."""

    failures: dict[str, int] = {}
    """How many tactics failed in which way, in the attempt that tells of the goal."""


class CurvePoint(Model):
    """So many goals are proved where each has so many seconds (pass@budget)."""

    seconds: float
    proved: int


class Moment(Model):
    """How many goals were proved when the run had taken so much; `seconds` are of work, without pauses."""

    seconds: float
    dollars: float
    tokens: int
    proved: int


class Share(Model):
    """`count` of `of`, and where the share of goals like these is, with 95% confidence (Wilson)."""

    count: int
    of: int
    low: float
    high: float


class Refused(Model):
    """A script that the search called complete, and that the gate did not accept."""

    digest: str
    name: str
    why: str


class FailureExample(Model):
    """A tactic that failed, where, and what Lean said."""

    digest: str
    name: str
    tactic: str
    target: str
    reason: str


class FailureKind(Model):
    """How many tactics failed in one way, at how many goals, with some of them."""

    kind: str
    count: int
    goals: int
    examples: tuple[FailureExample, ...]


class RunModel(Model):
    run: str
    goals: int
    outcomes: dict[str, int]
    stopped: str
    wall_seconds: float
    cost: CostModel
    curve: tuple[CurvePoint, ...]
    rows: tuple[RowModel, ...]
    config: BatchConfig | None = None
    """With which the run went on last."""

    resumed: int = 0
    """How often another process went on."""

    bad_lines: int = 0
    work_seconds: float = 0.0
    """As `wall_seconds`, without the pauses between processes."""

    calls: int = 0
    proved: Share = Share(count=0, of=0, low=0.0, high=1.0)
    history: tuple[Moment, ...] = ()
    endings: dict[str, int] = {}
    """Why goals are not proved, the most frequent first."""

    failures: tuple[FailureKind, ...] = ()
    """How tactics failed in the attempts that tell of the goals, the most frequent way first."""

    accepted: int = 0
    """Scripts that the gate accepted."""

    refused: tuple[Refused, ...] = ()


class GoalRef(Model):
    digest: str
    name: str


class Seconds(Model):
    """Who is faster at the goals that both prove: `needed` seconds, goal by goal."""

    pairs: int
    first_faster: int
    second_faster: int
    ratio: float
    """The median of the second run's seconds divided by the first's."""

    low: float | None
    """Where the median of goals like these is, with 95% confidence; None below six pairs."""

    high: float | None
    p: float
    p_holm: float
    verdict: str


class Comparison(Model):
    """Two runs, on the goals that both know by digest and have come to an end with."""

    first: int
    """The place of the run among `runs`, from 0."""

    second: int
    common: int
    both: int
    neither: int
    first_only: tuple[GoalRef, ...]
    """Proved by the first run, not by the second."""

    second_only: tuple[GoalRef, ...]
    p: float
    """Of McNemar's exact test."""

    p_holm: float
    """Corrected for all pairs of runs."""

    verdict: str
    seconds: Seconds | None
    """None where no goal is proved by both."""

    unknown_to_second: tuple[GoalRef, ...]
    """Left out: goals of the first run that the second one does not know."""

    unknown_to_first: tuple[GoalRef, ...]
    unfinished: tuple[GoalRef, ...]
    """Left out: goals for which one of the runs has come to no end."""


class BatchReports(Model):
    """What `report --format json` prints."""

    schema_version: Literal[1] = 1
    runs: tuple[RunModel, ...]
    comparisons: tuple[Comparison, ...] = ()
    """Of all pairs of runs."""
