"""What a run is at, for whoever looks: one small model, whatever the size of the run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from proofagent.runs.calls import CostModel
from proofagent.runs.work import Health

State = Literal["not-begun", "running", "stopped", "gone"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(_Model):
    """Over the last `seconds` of work."""

    seconds: float
    attempts_a_minute: float
    solved_a_minute: float


class SolvedOverTime(_Model):
    """How many goals were solved after 1, 2, ... times `step` seconds of work; nothing is known of what comes later."""

    step: float
    solved: tuple[int, ...]


class AtWork(_Model):
    """An attempt that runs, and where it would most like to go on."""

    attempt: str
    digest: str
    name: str
    worker: str
    seconds: float
    budget_seconds: float
    candidates: int
    goals: int
    """Goals that its search has seen."""

    left_out: int
    """So many tactics of the way there come before those of `path`."""

    path: tuple[str, ...]
    target: str
    """What is open there."""


class Solved(_Model):
    """A goal that has a proof, of itself or of its negation; the proof of a long one ends with an ellipsis."""

    digest: str
    name: str
    outcome: str
    at: float
    """Seconds since 1970."""

    seconds: float
    """All its attempts together."""

    proof: str


class View(_Model):
    """A run as it stands; times are in seconds, those of a clock since 1970."""

    schema_version: Literal[1] = 1
    run: str
    source: str
    """The goals, as the batch was told; empty before it is begun."""

    engine: str
    models: tuple[str, ...]
    state: State
    """`gone`: nobody has given a sign of life for a while, and nobody has said goodbye."""

    why: str
    """Why it stopped, where it is `stopped`: done, interrupted, or what it ran out of."""

    trouble: str
    """Why the journal cannot be read on; what is shown then is what was read before."""

    read: float
    """The share of the journal that was read; 1 is all of it."""

    outcomes: dict[str, int]
    """Of the goals that are known; those that no attempt ended for are `open`."""

    known: int
    solved: int
    """Goals that are proved or refuted."""

    total: int | None
    """Goals of the source, as far as that is known."""

    bad_lines: int
    attempts: int
    lost: int
    """Attempts that never ended."""

    began: float
    heard: float
    """The last sign of life."""

    elapsed: float
    """At work; the time between two processes is no part of it."""

    round: int | None
    rounds: int | None
    seen: int | None
    """Goals that this round is done with."""

    at_work: int
    eta: float | None
    """Until the end of this round, at the pace of this round; None where that cannot be said."""

    rate: Rate | None
    calls: int
    """Of models."""

    cost: CostModel
    tokens: int
    workers: tuple[Health, ...]
    working: tuple[AtWork, ...]
    """Those that began first; there may be more."""

    latest: tuple[Solved, ...]
    """The last one first."""

    curve: SolvedOverTime

    @property
    def over(self) -> bool:
        """Whether nothing more will come unless somebody goes on with the run."""
        return self.state in ("stopped", "gone")

    @property
    def exit_code(self) -> int:
        """0 where the run is done, 2 where it is not, or cannot be read."""
        return 0 if self.state == "stopped" and self.why == "done" and not self.trouble else 2
