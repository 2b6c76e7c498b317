"""A value that is learned from finished searches: a logistic regression over what a state looks like.

HyperTree Proof Search (arXiv 2205.11491) trains its critic, a transformer, on the goals of earlier searches, proved or
not. Here there is one weight for each of a few features, which a person can read. What was tried in vain counts as not
proved, be it provable or not: the value tells how searches fared.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proofagent.errors import ConfigError
from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import ProofState
from proofagent.propose.memory import shapes
from proofagent.search.strategy import Value

LEAST, MOST = 0.02, 0.98
_OPENS, _CLOSES = frozenset("([{⟨⦃⟦"), frozenset(")]}⟩⦄⟧")
_INEQUALITIES = frozenset(f"_ {sign} _" for sign in ("≠", "!=", "<", "≤", ">", "≥"))
# A column that varies less is constant, but for rounding; no sum of products within these bounds overflows.
_LEAST_SCALE, _LARGEST = 1e-6, 1e6
_Row = list[float]


@dataclass(frozen=True, slots=True)
class Sample:
    """A state that a search worked on, and whether it was proved there."""

    state: ProofState
    proved: bool


def samples(graph: ProofGraph) -> list[Sample]:
    """What a finished search says about its states, each once; nothing about those that nobody worked on.

    A state is proved where any goal of it was, and not where one has failed or is open with a failure on record.
    """
    found: dict[str, Sample] = {}
    for node in graph.goals.values():
        key, proved = node.state.key, node.status == "proved"
        if proved or (key not in found and (node.failures or node.status == "failed")):
            found[key] = Sample(node.state, proved)
    return list(found.values())


def features(state: ProofState) -> dict[str, float]:
    """By name the numbers, finite and not negative, that a state is judged by; all its goals count together.

    Each is log(1 + n) of a size in characters, a count, or a truth (0, 1): twice as much is one step, however much.
    """
    hypotheses = [hypothesis for goal in state.goals for hypothesis in goal.hypotheses]
    targets = [shapes.tokens(goal.target, {}) for goal in state.goals]
    tokens = [token for target in targets for token in target]
    count, said = Counter(tokens), {shapes.shape(target) for target in targets}
    numbers = {
        "size of the target": sum(len(goal.target) for goal in state.goals),
        "size of the hypotheses": sum(len(each.type) + len(each.value or "") for each in hypotheses),
        "goals": len(state.goals),
        "hypotheses": len(hypotheses),
        "inaccessible hypotheses": sum(not each.accessible for each in hypotheses),
        "quantifiers": count["∀"] + count["∃"],
        "arrows": count["→"],
        "connectives": count["∧"] + count["∨"] + count["↔"] + count["¬"],
        "distinct symbols": len(count.keys() - _OPENS - _CLOSES),
        "nesting of brackets": max(accumulate(((t in _OPENS) - (t in _CLOSES) for t in tokens), initial=0)),
        "is an equation": "_ = _" in said,
        "is an inequality": not _INEQUALITIES.isdisjoint(said),
        "is an equivalence": "_ ↔ _" in said,
        "is False": "False" in said,
        "has a metavariable": any(goal.has_metavariable for goal in state.goals),
    }
    return {"bias": 1.0, **{name: math.log1p(number) for name, number in numbers.items()}}


FEATURES = tuple(features(ProofState(())))  # their names; another set of them is another version of the file


class Term(BaseModel):
    """What one feature adds to the log-odds: `weight` for each `scale` that it is above `mean`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    weight: float = Field(ge=-_LARGEST, le=_LARGEST)
    mean: float = Field(ge=-_LARGEST, le=_LARGEST)
    scale: float = Field(ge=_LEAST_SCALE, le=_LARGEST)


class LearnedValue(BaseModel):
    """A `Value`: how likely a state is proved, within `LEAST` and `MOST`, for nothing is sure before it was tried."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1]
    terms: tuple[Term, ...]  # one for each of `FEATURES`, in their order

    @classmethod
    def fit(cls, samples: Sequence[Sample], *, rounds: int = 200, rate: float = 1.0, decay: float = 0.01) -> Self:
        """Learn from `samples`, whose order is of no account: equal samples give the same value to the last bit.

        `rounds` steps are taken down the mean log loss with L2 penalty (`decay`, not on the bias); `rate` is their
        length as a part, in (0, 1], of the longest that cannot diverge. They begin at a constant, the share of proved
        ones by Laplace's rule of succession, and it stays that where all samples are of one kind, or there are none.
        """
        if not (rounds >= 0 and 0.0 < rate <= 1.0 and 0.0 <= decay < math.inf):
            raise ConfigError("to learn a value, give rounds of 0 or more, a rate in (0, 1] and a decay of 0 or more")
        proved = sum(sample.proved for sample in samples)
        weights = [math.log((proved + 1) / (len(samples) - proved + 1)), *[0.0] * (len(FEATURES) - 1)]
        spans = [(0.0, 1.0)] * len(FEATURES)
        if 0 < proved < len(samples):
            columns = list(zip(*(features(sample.state).values() for sample in samples), strict=True))
            spans[1:] = map(_span, columns[1:])
            standard = [[(x - mean) / scale for x in col] for col, (mean, scale) in zip(columns, spans, strict=True)]
            weights = _descend(weights, standard, [sample.proved for sample in samples], rounds, rate, decay)
        terms = [Term(name=n, weight=w, mean=m, scale=s) for n, w, (m, s) in zip(FEATURES, weights, spans, strict=True)]
        return cls(version=1, terms=tuple(terms))

    def __call__(self, state: ProofState) -> float:
        found = features(state)
        odds = math.fsum(term.weight * ((found[term.name] - term.mean) / term.scale) for term in self.terms)
        return min(MOST, max(LEAST, _sigmoid(odds)))

    @property
    def weights(self) -> Mapping[str, float]:
        """By feature what a standard deviation of it adds to the log-odds; the larger, the more it says."""
        return {term.name: term.weight for term in self.terms}

    def dump(self) -> str:
        """The value as JSON, which `load` reads."""
        return self.model_dump_json(indent=1) + "\n"

    @classmethod
    def load(cls, text: str) -> Self:
        """The value that `dump` wrote. Raises `ConfigError` for anything else: the file may be from anybody."""
        hint = "learn it anew with LearnedValue.fit, and keep what its dump() gives"
        try:
            value = cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ConfigError(f"not a learned value ({place[:80]!a}: {first['msg'][:200]}); {hint}") from error
        if tuple(term.name for term in value.terms) != FEATURES:
            raise ConfigError(f"a value that was learned from other features than there are now; {hint}")
        return value


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a value tells proved states from others; without any of one kind `auc` is 1/2.

    `auc` is the probability that it ranks a proved one higher, ties half; `log_loss` the mean -log p of what came true.
    """

    auc: float
    log_loss: float


def accuracy(value: Value, samples: Iterable[Sample]) -> Fit:
    """How well `value` does on `samples`, which should be others than it was learned from."""
    said = [(value(sample.state), sample.proved) for sample in samples]
    proved, failed = (sorted(p for p, true in said if true is kind) for kind in (True, False))
    above = sum(bisect_left(failed, p) + bisect_right(failed, p) for p in proved) / 2
    pairs = len(proved) * len(failed)
    losses = [-math.log(max(p if true else 1.0 - p, 1e-12)) for p, true in said]
    return Fit(above / pairs if pairs else 0.5, math.fsum(losses) / max(1, len(losses)))


def _sigmoid(x: float) -> float:
    return math.exp(min(0.0, x)) / (1.0 + math.exp(-abs(x)))  # neither power can overflow


def _span(column: Sequence[float]) -> tuple[float, float]:
    """The mean of a column and its standard deviation, or 1 for that of a constant one."""
    mean = math.fsum(column) / len(column)
    scale = math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
    return mean, scale if scale > _LEAST_SCALE else 1.0


def _descend(weights: _Row, columns: list[_Row], truth: list[bool], rounds: int, rate: float, decay: float) -> _Row:
    """Better weights of standardised `columns`, the bias first: gradient descent with Nesterov's momentum."""
    rows = list(zip(*columns, strict=True))
    # The curvature of the loss is at most a quarter of the sum of the columns' mean squares, each of which is 1 or 0.
    step = rate / (len(columns) / 4 + decay)
    decays, ahead = [0.0, *[decay] * (len(columns) - 1)], weights
    for turn in range(rounds):
        errors = [_sigmoid(sum(map(mul, row, ahead))) - true for row, true in zip(rows, truth, strict=True)]
        # Sums over samples are exact, so that the order of these does not matter.
        slopes = [math.fsum(map(mul, column, errors)) / len(rows) for column in columns]
        last, weights = weights, [w - step * (s + d * w) for w, s, d in zip(ahead, slopes, decays, strict=True)]
        ahead = [w + turn / (turn + 3) * (w - old) for w, old in zip(weights, last, strict=True)]
    return weights
