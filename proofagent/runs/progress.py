"""How far a batch is, as its journal tells it: what is settled, what was tried with how much, what it cost."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from proofagent.runs.calls import CostModel
from proofagent.runs.journal import Bad, Began, Called, Charged, Ended, Event, Known, Lost, Started, Stopped
from proofagent.runs.results import GoalResult

SETTLED = frozenset({"proved", "refuted", "partial", "error"})
"""Outcomes that another attempt, with more time, would not change."""

_FREE = CostModel()


@dataclass(slots=True)
class Standing:
    """What is known of one goal."""

    digest: str
    name: str = ""
    origin: str = ""
    outcome: str = ""
    """Of the last attempt that ended; empty where none did."""

    tried: float = 0.0
    """The largest budget, in seconds, that an attempt has used up."""

    seconds: float = 0.0
    """All attempts together, as far as they ended."""

    candidates: int = 0
    attempts: int = 0
    lost: int = 0
    """Attempts that never ended: their process, or their worker, was killed."""

    why: str = ""
    cost: CostModel = _FREE
    proof: str | None = None

    @property
    def settled(self) -> bool:
        return self.outcome in SETTLED


@dataclass(slots=True)
class Progress:
    """The state of a run after some of its events; `see` takes in the next."""

    standings: dict[str, Standing] = field(default_factory=dict)
    bad: dict[tuple[int, str], Bad] = field(default_factory=dict)
    calls: int = 0
    candidates: int = 0
    """Of all attempts that ended."""

    began: float = 0.0
    last: float = 0.0
    stopped: str = ""
    """Why it stopped, where it did so in an orderly way."""

    _running: dict[str, str] = field(default_factory=dict)
    """The goals of attempts that were begun, by attempt."""

    _called_cost: dict[str, CostModel] = field(default_factory=dict)
    """Of calls that were told of, by bench."""

    _charged: dict[str, CostModel] = field(default_factory=dict)
    """What benches have spent in all, as they say."""

    _calls: dict[str, set[str]] = field(default_factory=dict)
    """The calls of each of them, so that none is paid for twice."""

    @classmethod
    def of(cls, events: Iterable[Event]) -> "Progress":
        progress = cls()
        for event in events:
            progress.see(event)
        return progress

    def see(self, event: Event) -> None:
        """Take in an event. Any order is borne: what is not there yet counts as nothing."""
        self.began, self.last = self.began or event.at, event.at
        match event:
            case Known():
                self._of(event.digest).name, self._of(event.digest).origin = event.name, event.origin
            case Bad():
                self.bad[event.line, event.message] = event
            case Began():
                self._running[event.attempt or event.digest] = event.digest
                self._of(event.digest).attempts += 1
            case Called():
                self._called(event)
            case Charged():
                self._charged[event.bench] = event.cost
            case Ended():
                self._ended(event)
            case Lost():
                if self._over(event.attempt):
                    self._of(event.digest).lost += 1
            case Stopped():
                self.stopped = event.why
            case Started():
                pass
            case _:
                self.stopped = ""
                self._give_up()

    @property
    def cost(self) -> CostModel:
        """Of all models: calls that were cut off with an attempt are not in the goals' costs, and are in this one."""
        benches = self._called_cost.keys() | self._charged.keys()
        paid = (self._called_cost.get(b, _FREE).at_least(self._charged.get(b, _FREE)) for b in sorted(benches))
        return sum(paid, _FREE)

    def outcomes(self) -> Counter[str]:
        """How many goals stand how; those that no attempt ended for are `open`."""
        return Counter(standing.outcome or "open" for standing in self.standings.values())

    def _called(self, event: Called) -> None:
        if event.attempt and event.attempt not in self._running:
            return  # it is over, and what it has cost is known
        known = self._calls.setdefault(event.attempt, set()) if event.attempt else set()
        if event.call.id not in known:
            known.add(event.call.id)
            self.calls += 1
            self._called_cost[event.bench] = self._called_cost.get(event.bench, _FREE) + event.call.cost
            self._of(event.digest).cost += event.call.cost

    def _ended(self, event: Ended) -> None:
        if not self._over(event.attempt or event.digest) and event.attempt:
            return  # it has ended before
        standing, result = self._of(event.digest), event.result
        standing.seconds += result.seconds
        standing.candidates += result.candidates
        self.candidates += result.candidates
        if standing.settled and standing.outcome != "partial":
            return  # two attempts of one goal: the first that settles it counts
        standing.outcome, standing.why = result.outcome, _why(result)
        standing.proof = result.refutation if result.outcome == "refuted" else result.proof
        if result.outcome != "undecided":  # which says nothing of the goal
            standing.tried = max(standing.tried, event.seconds)

    def _give_up(self) -> None:
        for digest in self._running.values():
            self._of(digest).lost += 1
        self._running.clear()
        self._calls.clear()

    def _over(self, attempt: str) -> bool:
        """Note that an attempt is over; False where none of that name runs."""
        self._calls.pop(attempt, None)
        return self._running.pop(attempt, None) is not None

    def _of(self, digest: str) -> Standing:
        return self.standings.setdefault(digest, Standing(digest))


def _why(result: GoalResult) -> str:
    return result.why or (result.reasons[0].text if result.reasons else "") or result.end
