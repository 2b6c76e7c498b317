"""What a journal has said so far: its progress, and beside it what is counted as the events come by."""

from collections import Counter, deque
from dataclasses import dataclass, field

from proofagent.live.pace import Curve, Recent
from proofagent.runs.journal import BatchConfig, Began, Ended, Event, Known, Resumed, Started
from proofagent.runs.progress import Progress, Standing

SOLVED = frozenset({"proved", "refuted"})
_LATEST = 6
LAST_SECOND = 1e11
"""What a clock shows is less: what is not is no time."""


@dataclass(slots=True)
class Seen:
    """But for `progress` and `lines` it has the same size for every run; nothing of it takes longer for a long one."""

    progress: Progress = field(default_factory=Progress)
    lines: dict[str, int] = field(default_factory=dict)
    """Where in the journal the statement of a goal is."""

    count: int = 0
    """Of events."""

    outcomes: Counter[str] = field(default_factory=Counter)
    config: BatchConfig | None = None
    latest: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=_LATEST))
    """Goals that were solved last, and when."""

    recent: Recent = field(default_factory=Recent)
    curve: Curve = field(default_factory=Curve)
    ended: int = 0
    lost: int = 0
    began: float = 0.0
    opened: float = 0.0
    """When the process that was there last began or went on."""

    last: float = 0.0
    _idle: float = 0.0
    _tried: Counter[float] = field(default_factory=Counter)
    """Goals that are not settled, by the largest budget that they have had."""

    _budget: float = 0.0
    """Of the attempt that began last, which is that of the round."""

    _this_round: Recent = field(default_factory=Recent)

    def see(self, event: Event, offset: int) -> None:
        """Take in the next event; its line begins at `offset`."""
        self.count += 1
        before = self.last
        self._tell_time(event.at)
        if isinstance(event, Resumed):
            self._idle += self.last - before
        if isinstance(event, Started | Resumed):
            self.config, self.opened = event.config, self.last
        elif isinstance(event, Known):
            self.lines.setdefault(event.digest, offset)
        elif isinstance(event, Began) and event.seconds != self._budget:
            self._budget, self._this_round = event.seconds, Recent(since=self.worked(self.last))
        self._count(event)

    def worked(self, now: float) -> float:
        """Seconds of work until `now`: what lies between one process and the next is none."""
        return max(0.0, now - self.began - self._idle)

    def eta(self, now: float, unknown: int, most: int) -> float | None:
        """Seconds until the round is at its end, where so many goals are not in the journal yet and `most` are left."""
        due = sum(count for tried, count in self._tried.items() if tried < self._budget)
        return self._this_round.eta(self.worked(now), min(max(0, unknown) + due, most))

    def _tell_time(self, at: float) -> None:
        if not 0 <= at < LAST_SECOND:  # what is no number, too
            at = self.last
        self.began = self.began or at
        self.last = max(self.last, at)

    def _count(self, event: Event) -> None:
        """Take the event into the progress, and keep what is counted in step with it."""
        digest = getattr(event, "digest", "")
        old = self.progress.standings.get(digest)
        before = ("", 0, 0.0, 0) if old is None else _marks(old)
        ended = isinstance(event, Ended)  # nothing else changes the outcome of a goal that is there
        if old is not None and ended:
            self._enter(old, -1)
        self.progress.see(event)
        standing = self.progress.standings.get(digest)
        if isinstance(event, Resumed):  # what was running is lost
            self.lost = sum(each.lost for each in self.progress.standings.values())
        elif standing is not None:
            if old is None or ended:
                self._enter(standing, 1)
            self.lost += standing.lost - before[1]
            if isinstance(event, Ended) and _marks(standing) != before:  # else it has ended before
                self._ended(event, standing, newly=before[0] != standing.outcome and standing.outcome in SOLVED)

    def _enter(self, standing: Standing, by: int) -> None:
        self.outcomes[standing.outcome or "open"] += by
        if not standing.settled:
            self._tried[standing.tried] += by
            if not self._tried[standing.tried]:
                del self._tried[standing.tried]

    def _ended(self, event: Ended, standing: Standing, *, newly: bool) -> None:
        now = self.worked(self.last)
        self.ended += 1
        self.recent.add(now, solved=newly)
        if event.seconds == self._budget:
            self._this_round.add(now, solved=newly)
        if newly:
            self.latest.append((standing.digest, self.last))
            self.curve.add(now, sum(self.outcomes[outcome] for outcome in SOLVED))


def _marks(standing: Standing) -> tuple[str, int, float, int]:
    """What the end of an attempt changes, one or the other."""
    return standing.outcome, standing.lost, standing.seconds, standing.candidates
