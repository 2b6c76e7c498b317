"""Calls of models as they stand in results and traces: what was asked, answered and paid, and what Lean said to it."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from proofagent.llm.chat import Cost, End, Failure, FailureKind, Role
from proofagent.propose.asker import Asked, Purpose
from proofagent.search.prover import Status
from proofagent.search.settings import Tried


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CostModel(_Model):
    """What calls cost. `dollars` is of calls whose price is known; see `llm.chat.Cost`."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    dollars: float = 0.0
    unconfirmed_tokens: int = 0
    """The most that calls without a confirmed count may have taken: answers that were cut off, say."""

    unconfirmed_dollars: float = 0.0
    unpriced_tokens: int = 0
    """Tokens of models that have a price which nobody knows."""

    @classmethod
    def of(cls, cost: Cost) -> "CostModel":
        return cls(
            input_tokens=cost.usage.input,
            output_tokens=cost.usage.output,
            cached_tokens=cost.usage.cached,
            dollars=float(cost.dollars),
            unconfirmed_tokens=cost.unconfirmed.tokens,
            unconfirmed_dollars=float(cost.unconfirmed_dollars),
            unpriced_tokens=cost.unpriced,
        )

    def __add__(self, other: "CostModel") -> "CostModel":
        ours, theirs = self.model_dump(), other.model_dump()
        return CostModel(**{name: ours[name] + theirs[name] for name in ours})

    def at_least(self, other: "CostModel") -> "CostModel":
        """The more of both, field by field: two counts of the same that may each have missed something."""
        ours, theirs = self.model_dump(), other.model_dump()
        return CostModel(**{name: max(ours[name], theirs[name]) for name in ours})

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens + self.unconfirmed_tokens


class MessageModel(_Model):
    role: Role
    text: str


class AnswerModel(_Model):
    text: str
    end: End


class FailureModel(_Model):
    kind: FailureKind
    detail: str = ""
    status: int | None = None


class SaidModel(_Model):
    """A candidate, or a step of one, and what Lean said: `said` is empty where it worked."""

    tactic: str
    goal: str
    """The target that it was tried on."""

    status: Status
    said: str = ""
    leaves: tuple[str, ...] = ()


class CallModel(_Model):
    """One call of a model."""

    id: str
    purpose: Purpose
    model: str
    prompt: tuple[MessageModel, ...]
    answers: tuple[AnswerModel, ...] = ()
    failure: FailureModel | None = None
    cost: CostModel = CostModel()
    tries: int = 1
    seconds: float = 0.0
    candidates: tuple[SaidModel, ...] = ()
    """What came of its answers, in the order in which it was tried."""


def call_model(asked: Asked, tried: Sequence[Tried] = ()) -> CallModel:
    """The model of a call, with what was tried of it so far."""
    call, failure = asked.call, asked.call.failure
    return CallModel(
        id=asked.id,
        purpose=asked.purpose,
        model=call.model,
        prompt=tuple(MessageModel(role=message.role, text=message.text) for message in call.prompt.messages),
        answers=tuple(AnswerModel(text=answer.text, end=answer.end) for answer in call.answers),
        failure=failure_model(failure) if failure else None,
        cost=CostModel.of(call.cost),
        tries=call.tries,
        seconds=round(call.seconds, 3),
        candidates=tuple(map(said_model, tried)),
    )


def failure_model(failure: Failure) -> FailureModel:
    return FailureModel(kind=failure.kind, detail=failure.detail, status=failure.status)


def said_model(tried: Tried) -> SaidModel:
    result = tried.result
    return SaidModel(
        tactic=tried.candidate.tactic,
        goal=tried.target,
        status=result.status,
        said=result.error,
        leaves=tuple(child.main.target for child in result.children),
    )
