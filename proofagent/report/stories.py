"""What the events of a journal tell of one goal."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from proofagent.report.models import Model
from proofagent.runs.calls import CallModel, CostModel
from proofagent.runs.journal import Began, Called, Ended, Event, Lost, Resumed, Started
from proofagent.runs.progress import SETTLED
from proofagent.runs.results import GoalResult
from proofagent.runs.searched import SearchModel
from proofagent.runs.taxonomy import ending_kind

BEGUN, UNBEGUN, LOST = "an attempt is at work, or was killed", "it was never begun", "its attempts were lost"


class Try(Model):
    """One attempt: `budget` in seconds, and what came of it; `outcome` is empty while it runs, "lost" where it was."""

    budget: float
    outcome: str = ""
    end: str = ""
    seconds: float = 0.0
    candidates: int = 0
    worker: str = ""
    why: str = ""


class CallLine(Model):
    """A call of a model in short."""

    purpose: str
    model: str
    seconds: float
    tries: int
    cost: CostModel
    failure: str
    answer: str

    @classmethod
    def of(cls, call: CallModel, most: int) -> "CallLine":
        failure = f"{call.failure.kind}: {call.failure.detail}" if call.failure else ""
        answers = "\n".join(answer.text for answer in call.answers)
        return cls(
            purpose=call.purpose,
            model=call.model,
            seconds=call.seconds,
            tries=call.tries,
            cost=call.cost,
            failure=failure[:most],
            answer=answers if len(answers) <= most else answers[:most] + "…",
        )


@dataclass(slots=True)
class Story:
    """What is known of a goal, but for its statement, results and searches, which may be large.

    `see` takes in the events of the goal, and says of the end of an attempt whether it tells of the goal from now on:
    the first that settled it does, or else the last that ended. What an attempt tells twice counts once.
    """

    most_tries: int
    most_calls: int
    most_answer: int
    begun: int = 0
    tries: dict[str, Try] = field(default_factory=dict)
    """By the name of the attempt, or a number where it has none; the last ones, where there are too many."""

    calls: list[CallLine] = field(default_factory=list)
    called: int = 0
    refused: list[str] = field(default_factory=list)
    accepted: int = 0
    needed: float = 0.0
    """Seconds of all attempts until one settled the goal."""

    settled: bool = False
    _partial: bool = False
    """Where another hole of the declaration is open, a later attempt may prove all of it."""

    ending: str | None = None
    """Why the goal is not proved, by the attempt that tells; None where none ended."""

    _heard: dict[str, set[str]] = field(default_factory=dict)
    """The calls of attempts that run, so that none counts twice."""

    _running: list[str] = field(default_factory=list)

    def see(self, event: Event) -> bool:
        match event:
            case Began():
                self._begin(event)
            case Called():
                self._call(event)
            case Lost():
                self._over(event.attempt, Try(budget=0.0, outcome="lost", why=event.why))
            case Ended():
                return self._end(event)
            case Started() | Resumed():
                self.give_up()
            case _:
                pass
        return False

    def give_up(self) -> None:
        """Another process goes on: whatever ran is lost."""
        for name in list(self._running):
            self._over(name, Try(budget=0.0, outcome="lost", why="the process ended first"))

    @property
    def kind(self) -> str:
        """Why the goal is not proved; empty where it is."""
        if self.ending is not None:
            return self.ending
        if self._running:
            return BEGUN
        return LOST if self.tries else UNBEGUN

    def _begin(self, event: Began) -> None:
        self.begun += 1
        name = event.attempt or f"#{self.begun}"
        self.tries[name] = Try(budget=event.seconds)
        self._running.append(name)
        over = (name for name in self.tries if name not in self._running)
        if len(self.tries) > self.most_tries and (oldest := next(over, None)) is not None:
            del self.tries[oldest]

    def _over(self, name: str, how: Try) -> bool:
        """Note what came of an attempt; False where none of that name runs."""
        if name not in self._running:
            return False
        self._running.remove(name)
        self._heard.pop(name, None)
        self.tries[name] = how.model_copy(update={"budget": self.tries[name].budget})
        return True

    def _end(self, event: Ended) -> bool:
        result = event.result
        how = Try(
            budget=event.seconds,
            outcome=result.outcome,
            end=result.end,
            seconds=result.seconds,
            candidates=result.candidates,
            worker=event.worker,
            why=result.why[:200],
        )
        # A journal of old times has no names, and whatever runs is meant.
        name = event.attempt or (self._running[0] if self._running else "")
        if not self._over(name, how):
            if event.attempt:
                return False
            self.begun += 1
            self.tries[f"#{self.begun}"] = how
        self.refused += result.refused
        self.accepted += (result.receipt is not None) + len(result.others)
        if self.settled and not self._partial:
            return False
        self.needed += result.seconds
        self.settled, self._partial = result.outcome in SETTLED, result.outcome == "partial"
        self.ending = ending_kind(result)
        return True

    def _call(self, event: Called) -> None:
        if event.attempt and event.attempt not in self._running:
            return  # it is over, and what it has cost is known
        heard = self._heard.setdefault(event.attempt, set()) if event.attempt else set()
        if event.call.id in heard:
            return
        heard.add(event.call.id)
        self.called += 1
        if len(self.calls) < self.most_calls:
            self.calls.append(CallLine.of(event.call, self.most_answer))


@dataclass(slots=True)
class Whole:
    """Everything of one goal, uncut; `search` is that of an earlier attempt where the one that tells never began it."""

    story: Story
    calls: list[CallModel] = field(default_factory=list)
    result: GoalResult | None = None
    search: SearchModel | None = None


def whole_of(events: Iterable[Event], digest: str) -> Whole:
    """What a journal tells of the goal `digest`."""
    whole = Whole(Story(most_tries=sys.maxsize, most_calls=0, most_answer=0))
    for event in events:
        if not isinstance(event, Started | Resumed) and getattr(event, "digest", None) != digest:
            continue
        called = whole.story.called
        telling = whole.story.see(event)
        if isinstance(event, Called) and whole.story.called > called:
            whole.calls.append(event.call)
        if telling and isinstance(event, Ended):
            whole.result, whole.search = event.result, event.search or whole.search
    return whole
