"""A judge: a model with a rubric. It is asked, and every way not to answer is an abstention."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from proofagent.llm.chat import Call, ChatModel, Cost, Failure, FailureKind
from proofagent.score.panel.ballot import Choice, Pair, Rubric, question, read_choice

# After these the next question would end the same way.
_FINAL: frozenset[FailureKind] = frozenset(
    ["unauthorized", "out-of-credit", "over-budget", "offline", "unreachable", "bad-request", "not-recorded"]
)


@dataclass(slots=True)
class Judge:
    """Asks `model` by `rubric`, and counts what that costs."""

    model: ChatModel
    rubric: Rubric
    asked: int = 0
    """Requests that were sent."""

    failed: int = 0
    """Those that no answer came back to."""

    cost: Cost = field(default_factory=Cost)
    failure: Failure | None = None
    """Why it is not asked any more."""

    @property
    def id(self) -> str:
        return f"{self.model.id} ({self.rubric})"

    @property
    def why_not(self) -> str:
        """Why it is not asked any more, for people; empty where it is."""
        return f"{self.failure.kind}: {self.failure.detail}".removesuffix(": ") if self.failure else ""

    async def choose(self, pair: Pair) -> Choice | None:
        """What it answers about `pair`; None where it says nothing, more than one thing, or cannot be asked."""
        if self.failure is not None:
            return None
        calls = await self.model.ask(question(pair, self.rubric))
        for call in calls:
            self.asked += 1
            self.failed += call.failure is not None
            self.cost += call.cost
            if call.failure is not None and call.failure.kind in _FINAL:
                self.failure = call.failure
        return _said(calls)


def _said(calls: Sequence[Call]) -> Choice | None:
    """The choice of all answers; None where one is missing, cut off or of another opinion."""
    answers = [answer for call in calls for answer in call.answers]
    choices = {read_choice(answer.text) if answer.end == "complete" else None for answer in answers}
    if any(call.failure is not None for call in calls) or len(choices) != 1:
        return None
    return choices.pop()
