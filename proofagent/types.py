"""Values that every layer shares."""

from dataclasses import dataclass

from proofagent.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Budget:
    """What one goal may cost. Whatever runs out first ends the search."""

    seconds: float = 60.0
    """Wall-clock time of the search; the check of what it found may take longer."""

    candidates: int = 100_000
    """Tactics that Lean elaborates."""

    heartbeats: int = 40_000
    """Lean's `maxHeartbeats` for one candidate."""

    def __post_init__(self) -> None:
        for name in ("seconds", "candidates", "heartbeats"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be more than 0, not {getattr(self, name)}")


@dataclass(slots=True)
class Spent:
    """What a search has cost so far."""

    seconds: float = 0.0
    candidates: int = 0
    lean_seconds: float = 0.0
    timeouts: int = 0
    engines_lost: int = 0

    def add(self, other: "Spent") -> None:
        """Count what `other` has cost as well."""
        self.seconds += other.seconds
        self.candidates += other.candidates
        self.lean_seconds += other.lean_seconds
        self.timeouts += other.timeouts
        self.engines_lost += other.engines_lost
