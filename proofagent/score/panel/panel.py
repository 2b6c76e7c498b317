"""The panel: examines its judges, lets those that passed vote on accepted proofs, and reports everything."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Annotated, Literal

import anyio
from pydantic import BaseModel, ConfigDict, Field

from proofagent.llm.chat import ChatModel, Cost
from proofagent.score.panel import aggregate
from proofagent.score.panel.ballot import Choice, Pair, Preference, Rubric, vote
from proofagent.score.panel.canonical import canonical
from proofagent.score.panel.exam import ExamResult, grade, not_held, questions
from proofagent.score.panel.judge import Judge

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
DEFAULT_CONCURRENCY = 8


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Accepted(_Model):
    """A proof that the gate accepted; only whoever holds the gate's verdict makes one."""

    name: str
    """What the report calls it: its file, say."""

    statement: str
    proof: str
    """The whole text, helper lemmas included."""

    receipt: Digest
    """SHA-256 of the receipt that says "accepted"."""


class ProofModel(_Model):
    name: str
    receipt: Digest


class Spent(_Model):
    """What the questions to a judge cost. `dollars` is of calls whose price is known; see `llm.chat.Cost`."""

    questions: int = 0
    failed: int = 0
    """Questions that no answer came back to: timeouts, say."""

    tokens: int = 0
    dollars: float = 0.0
    unconfirmed_dollars: float = 0.0
    unpriced_tokens: int = 0


class JudgeModel(_Model):
    """A judge, how its exam went, and what it cost."""

    id: str
    model: str
    rubric: Rubric
    exam: ExamResult
    exam_cost: Spent
    """0 where the result is from an earlier ranking of the same panel."""

    cost: Spent
    """Of its votes."""

    stopped: str = ""
    """What kept it from voting on all pairs."""


class VoteModel(_Model):
    """What a judge said of two proofs, by their places in the report; null is an abstention."""

    judge: str
    first: int
    second: int
    preference: Preference | None
    order_dependent: bool
    answers: tuple[Choice | None, Choice | None]
    """With the first proof as A, and with it as B."""


class PairModel(_Model):
    """What the panel says of two proofs: null where it abstains."""

    first: int
    second: int
    preference: Preference | None
    votes: dict[Preference, int]
    abstained: int


class RankModel(_Model):
    """A proof in the ranking; see `aggregate.Ranked`."""

    proof: int
    name: str
    place: int
    strength: float


class PanelReport(_Model):
    """Everything that a panel did. `proofs` are numbered from 0 by their places here."""

    schema_version: Literal[1] = 1
    proofs: tuple[ProofModel, ...]
    judges: tuple[JudgeModel, ...]
    votes: tuple[VoteModel, ...] = ()
    pairs: tuple[PairModel, ...] = ()
    abstentions: tuple[tuple[int, int], ...] = ()
    """The pairs on which too few judges agree."""

    agreement: float | None = None
    """Krippendorff's alpha; null where it is not defined."""

    ranking: tuple[RankModel, ...] = ()
    why: str = ""
    """Why there is no ranking."""

    cost: Spent = Spent()


@dataclass(frozen=True, slots=True)
class _Cast:
    """A vote with its judge and the numbers of its proofs."""

    judge: str
    first: int
    second: int
    answers: tuple[Choice | None, Choice | None]

    def model(self) -> VoteModel:
        said = vote(*self.answers)
        return VoteModel(
            judge=self.judge,
            first=self.first,
            second=self.second,
            preference=said.preference,
            order_dependent=said.order_dependent,
            answers=self.answers,
        )


class Panel:
    """Every one of `models` with every one of `rubrics` is a judge; each is examined once, whatever is ranked."""

    def __init__(
        self, models: Sequence[ChatModel], rubrics: Iterable[Rubric], *, concurrency: int = DEFAULT_CONCURRENCY
    ) -> None:
        """At most `concurrency` questions at a time. Raises `SetupError` where the extra `judge` is not installed."""
        aggregate.demand_library()
        self._makers = [(model, rubric) for model in models for rubric in dict.fromkeys(rubrics)]
        self._limiter = anyio.CapacityLimiter(concurrency)
        self._exams: dict[str, ExamResult] = {}

    async def rank(self, proofs: Sequence[Accepted]) -> PanelReport:
        """Rank `proofs`, all of one statement, by the votes of the judges that pass their exam.

        Nothing that a judge says touches a verdict of the gate. What a server or a network does ends in abstentions.
        Raises `ValueError` for proofs of different statements, and `GoalError` for text that cannot be read to its end.
        """
        if len({proof.statement for proof in proofs}) > 1:
            raise ValueError("the proofs are of different statements")
        judges = [Judge(model, rubric) for model, rubric in self._makers]
        await self._examine(judges)
        examined = {judge.id: _spent(judge) for judge in judges}
        voting = [Judge(judge.model, judge.rubric) for judge in judges if self._exams[judge.id].passed]
        casts = await self._vote(voting, _pairs(proofs))
        voted = {judge.id: _spent(judge) for judge in voting}
        stopped = {judge.id: judge.why_not for judge in voting}
        models = tuple(
            JudgeModel(
                id=judge.id,
                model=judge.model.id,
                rubric=judge.rubric,
                exam=self._exams[judge.id],
                exam_cost=examined[judge.id],
                cost=voted.get(judge.id, Spent()),
                stopped=stopped.get(judge.id, ""),
            )
            for judge in judges
        )
        return _report(proofs, models, casts, _spent(*judges, *voting))

    async def _examine(self, judges: Sequence[Judge]) -> None:
        async def one(judge: Judge) -> None:
            # One question alone first: a judge that cannot be asked is not asked all of them.
            first, *rest = questions()
            answers = await self._choices([(judge, first)])
            answers |= await self._choices([(judge, pair) for pair in rest])
            given = {pair: choice for (_, pair), choice in answers.items()}
            self._exams[judge.id] = not_held(judge.why_not) if judge.failure else grade(given)

        async with anyio.create_task_group() as group:
            for judge in judges:
                if judge.id not in self._exams or not self._exams[judge.id].checks:
                    group.start_soon(one, judge)

    async def _vote(self, judges: Sequence[Judge], pairs: Mapping[tuple[int, int], Pair]) -> list[_Cast]:
        """The votes of `judges` on `pairs`, each asked in both orders."""
        asked = [(judge, shown) for judge in judges for pair in pairs.values() for shown in (pair, pair.swapped)]
        found = await self._choices(asked)
        return [
            _Cast(judge.id, *numbers, (found[judge.id, pair], found[judge.id, pair.swapped]))
            for judge in judges
            for numbers, pair in pairs.items()
        ]

    async def _choices(self, asked: Sequence[tuple[Judge, Pair]]) -> dict[tuple[str, Pair], Choice | None]:
        """The answers, by the judge's name and the pair; the same question is asked once."""
        todo = {(judge.id, pair): judge for judge, pair in asked}
        found: dict[tuple[str, Pair], Choice | None] = dict.fromkeys(todo)

        async def one(key: tuple[str, Pair], judge: Judge) -> None:
            async with self._limiter:
                found[key] = await judge.choose(key[1])

        async with anyio.create_task_group() as group:
            for key, judge in todo.items():
                group.start_soon(one, key, judge)
        return found


def _pairs(proofs: Sequence[Accepted]) -> dict[tuple[int, int], Pair]:
    """Every two proofs as judges see them, by number."""
    if not proofs:
        return {}
    theorem, *texts = canonical([proofs[0].statement, *(proof.proof for proof in proofs)])
    return {
        (first, second): Pair(theorem, texts[first], texts[second])
        for first, second in combinations(range(len(proofs)), 2)
    }


def _report(
    proofs: Sequence[Accepted], judges: tuple[JudgeModel, ...], found: Sequence[_Cast], cost: Spent
) -> PanelReport:
    votes = tuple(each.model() for each in found)
    casts = [aggregate.Cast(each.judge, each.first, each.second, each.preference) for each in votes]
    decisions = aggregate.decide(casts)
    ranks = aggregate.ranking(decisions, casts, len(proofs))
    return PanelReport(
        proofs=tuple(ProofModel(name=proof.name, receipt=proof.receipt) for proof in proofs),
        judges=judges,
        votes=votes,
        pairs=tuple(
            PairModel(
                first=each.first,
                second=each.second,
                preference=each.preference,
                votes=dict(each.votes),
                abstained=each.abstained,
            )
            for each in decisions
        ),
        abstentions=tuple((each.first, each.second) for each in decisions if each.preference is None),
        agreement=aggregate.agreement(casts),
        ranking=tuple(
            RankModel(
                proof=rank.proof, name=proofs[rank.proof].name, place=rank.place, strength=round(rank.strength, 4)
            )
            for rank in ranks
        ),
        why="" if ranks else _why_not(proofs, judges, casts),
        cost=cost,
    )


def _why_not(proofs: Sequence[Accepted], judges: Sequence[JudgeModel], casts: Sequence[aggregate.Cast]) -> str:
    if len(proofs) < 2:
        return "fewer than two proofs: there is nothing to compare"
    if not any(judge.exam.passed for judge in judges):
        return "no judge passed its exam"
    if not any(cast.preference for cast in casts):
        return "no judge gave an answer in both orders"
    return "the judges disagree on so many pairs that not all proofs can be compared"


def _spent(*judges: Judge) -> Spent:
    cost = reduce(Cost.__add__, (judge.cost for judge in judges), Cost())
    return Spent(
        questions=sum(judge.asked for judge in judges),
        failed=sum(judge.failed for judge in judges),
        tokens=cost.tokens,
        dollars=float(cost.dollars),
        unconfirmed_dollars=float(cost.unconfirmed_dollars),
        unpriced_tokens=cost.unpriced,
    )
