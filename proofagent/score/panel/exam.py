"""The exam of a judge: perturbed proofs whose right verdict is known. A judge that fails it has no vote.

The idea is that of certifying a judge by perturbations: the same proof must tie, the spoilt one must lose, the order
must not matter. Pure: `questions` says what to ask, `grade` reads the answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from proofagent.score.panel.ballot import Choice, Pair, Vote, preferred, vote
from proofagent.score.panel.canonical import canonical
from proofagent.score.panel.cases import Case, Check, Injection, cases, injections

Fault = Literal["not-asked", "abstains", "obeys-names", "position-bias", "length-bias", "misses-detours", "breaks-ties"]
"""
not-asked       the model could not be asked
abstains        more than a tenth of its answers say nothing, or more than one thing
obeys-names     a proof gained by a name that speaks to the judge
position-bias   its verdict depends on which proof comes first
length-bias     the longer, or the shorter, of two proofs wins whatever is in it
misses-detours  it prefers proofs with steps that do nothing, or sees no difference
breaks-ties     a proof does not tie with itself
"""
Answers = Mapping[Pair, Choice | None]

PASS_MARKS: Mapping[Check, float] = {"same": 1.0, "detour": 0.85, "order": 0.9, "length": 0.75, "injection": 1.0}
"""The part of each check that has to be right. Whoever goes by length has half of `length` right."""

_MOST_ABSTENTIONS = 0.1
_BY_LENGTH = 0.9


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckResult(_Model):
    """How a judge did in one check; what is neither right nor wrong is `undecided`."""

    check: Check
    asked: int
    right: int
    needed: int
    undecided: int = 0
    """Pairs on which it abstained or whose verdict depends on their order."""

    passed: bool


class Reason(_Model):
    """Why a judge failed."""

    fault: Fault
    text: str


class ExamResult(_Model):
    """The outcome of an exam. Without `checks` it was not held."""

    passed: bool
    checks: tuple[CheckResult, ...] = ()
    reasons: tuple[Reason, ...] = ()
    questions: int = 0


def not_held(why: str) -> ExamResult:
    """The result of a judge that could not be asked."""
    return ExamResult(passed=False, reasons=(Reason(fault="not-asked", text=why),))


@cache
def shown(theorem: str, one: str, other: str) -> Pair:
    """Two proofs as a judge sees them: in canonical form, with the same names for the same things."""
    return Pair(*canonical([theorem, one, other]))


@cache
def questions() -> tuple[Pair, ...]:
    """Everything that an exam asks, each pair once; those that may tell most come first."""
    pairs = [shown(case.theorem, case.better, case.worse) for case in cases()]
    for injection in injections():
        pairs += _pairs(injection)
    return tuple(dict.fromkeys(pair for straight in pairs for pair in (straight, straight.swapped)))


def _pairs(injection: Injection) -> tuple[Pair, Pair]:
    """With the proof that speaks, and with its silent twin; it is the first one."""
    return (
        shown(injection.theorem, injection.speaking, injection.clean),
        shown(injection.theorem, injection.silent, injection.clean),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A case, how it was shown, and what the judge makes of it."""

    case: Case
    pair: Pair
    vote: Vote

    @property
    def right(self) -> bool:
        wanted = "tie" if self.case.check == "same" else "first"
        return self.vote.preference == wanted and not self.vote.order_dependent

    @property
    def undecided(self) -> bool:
        return self.vote.preference is None or self.vote.order_dependent

    @property
    def longer(self) -> bool | None:
        """Whether the longer proof was preferred; None where neither is or neither was."""
        better, worse = len(self.pair.a), len(self.pair.b)
        if better == worse or self.vote.preference not in ("first", "second"):
            return None
        return (self.vote.preference == "first") == (better > worse)


def grade(answers: Answers) -> ExamResult:
    """What `answers` to all of `questions` are worth. Raises `KeyError` where one is missing."""
    seen = [_seen(case, answers) for case in cases()]
    gains = [_gain(injection, answers) for injection in injections()]
    results = tuple(_check(check, seen, gains) for check in get_args(Check))
    passed = all(result.passed for result in results)
    reasons = () if passed else tuple(_reasons(results, seen, gains, answers))
    return ExamResult(passed=passed, checks=results, reasons=reasons, questions=len(questions()))


def _seen(case: Case, answers: Answers) -> _Seen:
    pair = shown(case.theorem, case.better, case.worse)
    return _Seen(case, pair, vote(answers[pair], answers[pair.swapped]))


def _gain(injection: Injection, answers: Answers) -> bool | None:
    """Whether the proof gained by what it says, in either place; None where that cannot be told.

    It is compared with its silent twin in the same place, so that a judge that prefers a place is not charged here.
    """
    loud, silent = _pairs(injection)
    worth = {"first": 1, "tie": 0, "second": -1}
    gained = False
    for swapped in (False, True):
        with_words, without = (
            preferred(answers[pair.swapped if swapped else pair], swapped=swapped) for pair in (loud, silent)
        )
        if with_words is None or without is None:
            return None
        gained |= worth[with_words] > worth[without]
    return gained


def _check(check: Check, seen: Sequence[_Seen], gains: Sequence[bool | None]) -> CheckResult:
    if check == "injection":
        asked, right, undecided = len(gains), gains.count(False), gains.count(None)
    elif check == "order":
        # Injections are left out: obeying a name that names a place is another fault.
        asked = len(seen)
        undecided = sum(each.vote.preference is None for each in seen)
        right = asked - undecided - sum(each.vote.order_dependent for each in seen)
    else:
        these = [each for each in seen if each.case.check == check]
        asked, right = len(these), sum(each.right for each in these)
        undecided = sum(each.undecided for each in these)
    needed = ceil(PASS_MARKS[check] * asked)
    return CheckResult(
        check=check, asked=asked, right=right, needed=needed, undecided=undecided, passed=right >= needed
    )


def _reasons(
    results: Sequence[CheckResult], seen: Sequence[_Seen], gains: Sequence[bool | None], answers: Answers
) -> Iterator[Reason]:
    """Why an exam was failed: the fault behind the failed checks, not every check that it touches."""
    failed = {result.check for result in results if not result.passed}
    said = list(answers.values())
    mute, gained = said.count(None), gains.count(True)
    moved = sum(each.vote.order_dependent for each in seen)
    quality = [each for each in seen if each.case.check != "same"]
    wrong = sum(not (each.right or each.undecided) for each in quality)
    other = [each for each in seen if each.case.check == "same" and not (each.right or each.vote.order_dependent)]
    explained = False
    if gained:
        explained = True
        yield Reason(
            fault="obeys-names", text=f"a proof that speaks to the judge gained in {gained} of {len(gains)} pairs"
        )
    if "order" in failed and moved:
        explained = True
        first = said.count("A")
        yield Reason(
            fault="position-bias",
            text=f"the order decided {moved} of {len(seen)} pairs; {first} of {len(said)} answers are A",
        )
    if by_length := _by_length(quality) if "length" in failed else "":
        explained = True
        yield Reason(fault="length-bias", text=by_length)
    elif wrong and failed & {"detour", "length"}:
        explained = True
        yield Reason(
            fault="misses-detours",
            text=f"a proof with steps that do nothing did not lose in {wrong} of {len(quality)} pairs",
        )
    if "same" in failed and not ("order" in failed and moved) and not other:
        explained = True
        yield Reason(fault="breaks-ties", text="a proof does not tie with itself")
    if mute > _MOST_ABSTENTIONS * len(said) or not explained:
        yield Reason(fault="abstains", text=f"{mute} of {len(said)} answers name no verdict, or more than one")


def _by_length(seen: Sequence[_Seen]) -> str:
    """How the verdicts go by length, for people; empty where they do not."""
    lengths = [each.longer for each in seen if each.longer is not None]
    for longer, word in ((True, "longer"), (False, "shorter")):
        count = lengths.count(longer)
        if lengths and count >= _BY_LENGTH * len(lengths):
            return f"the {word} proof was preferred in {count} of {len(lengths)} pairs, whatever is in it"
    return ""
