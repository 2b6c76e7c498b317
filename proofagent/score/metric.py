"""What a metric is: a named, versioned, pure function of a proof, and what is known to be wrong with it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from proofagent.score.subject import Subject

Better = Literal["less", "more"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a proof. `measure` is pure, and None where the subject does not hold what it needs."""

    name: str
    unit: str
    better: Better
    measure: Callable[[Subject], float | None]
    source: str
    fooled_by: str
    """How it can be made better without the proof getting better."""

    selects: bool = False
    """Whether it may decide which proof is chosen: it has passed `testing.metric_contract`."""

    hard: float | None = None
    """Where there is one: a proof that is worse by more than this, and by more than this factor, cannot win."""

    grain: float = 0.0
    """Differences of this share, or less, count as none."""

    version: int = 1

    def cost(self, value: float | None) -> float:
        """A value as a number of which less is better; what is not known is worse than anything."""
        return math.inf if value is None else value if self.better == "less" else -value

    def gain(self, old: float | None, new: float | None) -> float:
        """How much better `new` is than `old`, negative where it is worse; 0 within the grain or if one is unknown."""
        if old is None or new is None or abs(new - old) <= self.grain * max(abs(old), abs(new)):
            return 0.0
        return old - new if self.better == "less" else new - old
