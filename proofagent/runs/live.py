"""What a running batch is at, in one small file beside its journal, written anew every second for whoever watches."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.errors import GoalError
from proofagent.goals.files import write_atomically
from proofagent.runs.journal import Ended
from proofagent.runs.work import Health, Heard, Pulse

NAME = "live.json"
_MOST_SHOWN = 64
_STALE_SECONDS = 10.0


class Live(BaseModel):
    """The state of a batch at `at`, in seconds since 1970; what is settled is in the journal and not here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    at: float
    pid: int
    round: int
    """Counts from 1."""

    rounds: int
    total: int
    """Goals of the source; 0 while they are being counted."""

    seen: int
    """Of them, those that this round is done with."""

    at_work: int
    pulses: tuple[Pulse, ...]
    """Of the attempts that run, those that began first; never more than a screen holds."""

    workers: tuple[Health, ...]

    @property
    def stale(self) -> bool:
        """Whether nobody has written it for so long that the batch is gone, or its machine sleeps."""
        return time.time() - self.at > _STALE_SECONDS


@dataclass(slots=True)
class Pulses:
    """The last pulse of every attempt that runs."""

    _last: dict[str, Pulse] = field(default_factory=dict)

    def hear(self, heard: Heard) -> None:
        if isinstance(heard, Pulse):
            self._last[heard.attempt] = heard
        elif isinstance(heard, Ended):
            self._last.pop(heard.attempt, None)

    def forget(self, attempts: Sequence[str]) -> None:
        for attempt in attempts:
            self._last.pop(attempt, None)

    def shown(self) -> tuple[Pulse, ...]:
        return tuple(list(self._last.values())[:_MOST_SHOWN])


def write_live(folder: Path, live: Live) -> None:
    """Write it; a disk that is full costs the picture and nothing else."""
    with suppress(GoalError):
        write_atomically(folder / NAME, live.model_dump_json())


def read_live(folder: Path) -> Live | None:
    """What was written last; None where nothing was, or it cannot be read."""
    try:
        return Live.model_validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def end_live(folder: Path) -> None:
    """The batch has ended: nothing is live."""
    with suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)
