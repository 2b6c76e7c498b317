"""How fast a run is, and how it got where it is, from the times of its events alone, in constant memory."""

from collections import deque
from dataclasses import dataclass, field

from proofagent.live.view import Rate, SolvedOverTime

_SLOT_SECONDS = 5.0
_WINDOW_SECONDS = 300.0
_LEAST_SECONDS = 10.0
"""Of work, before anything is said about speed."""

_MOST_POINTS = 240


@dataclass(slots=True)
class Recent:
    """What ended in the last five minutes; `since` is when the count began."""

    since: float = 0.0
    _slots: deque[list[int]] = field(default_factory=deque)
    """Number of the slot, attempts, goals solved."""

    def add(self, at: float, *, solved: bool) -> None:
        slot = int(at / _SLOT_SECONDS)
        if not self._slots or self._slots[-1][0] != slot:
            self._slots.append([slot, 0, 0])
        self._slots[-1][1] += 1
        self._slots[-1][2] += solved
        self._forget(at)

    def attempts(self, now: float) -> tuple[int, float]:
        """How many ended, and in how many seconds."""
        self._forget(now)
        return sum(slot[1] for slot in self._slots), min(now - self.since, _WINDOW_SECONDS)

    def rate(self, now: float) -> Rate | None:
        """None where so far there is too little to say something."""
        attempts, seconds = self.attempts(now)
        if seconds < _LEAST_SECONDS:
            return None
        solved = sum(slot[2] for slot in self._slots)
        return Rate(
            seconds=round(seconds, 1),
            attempts_a_minute=round(60 * attempts / seconds, 2),
            solved_a_minute=round(60 * solved / seconds, 2),
        )

    def eta(self, now: float, left: int) -> float | None:
        """Seconds until `left` more have ended; None where so far too few have to say so."""
        attempts, seconds = self.attempts(now)
        if left <= 0 or seconds < _LEAST_SECONDS or attempts < 3:
            return 0.0 if left <= 0 else None
        return round(left * seconds / attempts, 1)

    def _forget(self, now: float) -> None:
        while self._slots and (self._slots[0][0] + 1) * _SLOT_SECONDS <= now - _WINDOW_SECONDS:
            self._slots.popleft()


@dataclass(slots=True)
class Curve:
    """Goals solved over time: a fixed number of steps, which become wider as the run becomes longer."""

    _step: float = 1.0
    _solved: list[int] = field(default_factory=list)

    def add(self, at: float, solved: int) -> None:
        """So many were solved at `at`, which is not before what was added last."""
        while (place := int(at / self._step)) >= _MOST_POINTS:
            self._step *= 2
            self._solved = [*self._solved[1::2], *(self._solved[-1:] if len(self._solved) % 2 else ())]
        before = self._solved[-1] if self._solved else 0
        self._solved += [before] * (place + 1 - len(self._solved))
        self._solved[place] = solved

    def model(self) -> SolvedOverTime:
        return SolvedOverTime(step=self._step, solved=tuple(self._solved))
