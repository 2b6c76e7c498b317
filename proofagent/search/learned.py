"""A value that is learned from finished searches: a logistic regression over what a state looks like.

HyperTree Proof Search (arXiv 2205.11491, section 3) and Polu et al. (arXiv 2202.01344, section 4) train a model to
estimate whether a goal can be proved, from the goals of earlier searches. Here it is one weight for each of a few
features, so that a person can read what was learned. What a search left open counts as not proved, so that the value
is at most as good as those searches were.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import mul
from types import MappingProxyType
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proofagent.errors import ConfigError
from proofagent.proof.graph import GoalNode, ProofGraph
from proofagent.proof.state import ProofState
from proofagent.propose.memory import shapes
from proofagent.search.strategy import Value

LEAST, MOST = 0.02, 0.98
"""No state is given up, and none is taken for proved, before anything was tried there."""
_OPENS, _CLOSES = frozenset("([{⟨⦃⟦"), frozenset(")]}⟩⦄⟧")
_INEQUALITIES = frozenset(f"_ {sign} _" for sign in ("≠", "!=", "<", "≤", ">", "≥"))
# A column that varies less is constant, but for rounding.
_LEAST_SCALE, _LARGEST = 1e-6, 1e6


@dataclass(frozen=True, slots=True)
class Sample:
    """A state that a search worked on, and whether it was proved there."""

    state: ProofState
    proved: bool


def samples(graph: ProofGraph) -> list[Sample]:
    """What a finished search says about its states, each once, in the order in which they were met.

    A state is proved where any goal of it was. It is not where something was tried without success: its goal failed,
    or is open with a failure on record. Goals that nobody worked on say nothing.
    """
    found: dict[str, Sample] = {}
    for node in graph.goals.values():
        key, proved = node.state.key, node.status == "proved"
        if proved or (_in_vain(node) and key not in found):
            found[key] = Sample(node.state, proved)
    return list(found.values())


def _in_vain(node: GoalNode) -> bool:
    return node.status == "failed" or (node.status == "open" and bool(node.failures))


class _Seen:
    """A state with what several features need of it. The goals of one that has several count together."""

    def __init__(self, state: ProofState) -> None:
        self.goals = state.goals
        self.hypotheses = [hypothesis for goal in state.goals for hypothesis in goal.hypotheses]
        self._targets = [shapes.tokens(goal.target, {}) for goal in state.goals]
        self.tokens = [token for target in self._targets for token in target]

    def count(self, *signs: str) -> float:
        return math.log1p(sum(map(self.tokens.count, signs)))

    @cached_property
    def shapes(self) -> frozenset[str]:
        return frozenset(map(shapes.shape, self._targets))


FEATURES: Mapping[str, Callable[[_Seen], float]] = MappingProxyType(
    {
        "bias": lambda _: 1.0,
        # Sizes in characters, and counts, by their logarithms: twice as much is one step, wherever it begins.
        "size of the target": lambda seen: math.log1p(sum(len(goal.target) for goal in seen.goals)),
        "size of the hypotheses": lambda seen: math.log1p(
            sum(len(each.type) + len(each.value or "") for each in seen.hypotheses)
        ),
        "goals": lambda seen: math.log1p(len(seen.goals)),
        "hypotheses": lambda seen: math.log1p(len(seen.hypotheses)),
        "inaccessible hypotheses": lambda seen: math.log1p(sum(not each.accessible for each in seen.hypotheses)),
        # The rest is about the target; of one that is very long, about its first `shapes.MOST_CHARACTERS`.
        "universal quantifiers": lambda seen: seen.count("∀"),
        "existential quantifiers": lambda seen: seen.count("∃"),
        "arrows": lambda seen: seen.count("→"),
        "connectives": lambda seen: seen.count("∧", "∨", "↔", "¬"),
        "distinct symbols": lambda seen: math.log1p(len(set(seen.tokens) - _OPENS - _CLOSES)),
        "nesting of brackets": lambda seen: math.log1p(
            max(accumulate(((each in _OPENS) - (each in _CLOSES) for each in seen.tokens), initial=0))
        ),
        # What is so or not, 1 or 0.
        "is an equation": lambda seen: float("_ = _" in seen.shapes),
        "is an inequality": lambda seen: float(not _INEQUALITIES.isdisjoint(seen.shapes)),
        "is an equivalence": lambda seen: float("_ ↔ _" in seen.shapes),
        "is False": lambda seen: float("False" in seen.shapes),
        "has a metavariable": lambda seen: float(any(goal.has_metavariable for goal in seen.goals)),
    }
)
"""By name the numbers that a state is judged by; all are finite. A new one is a new version of the file."""


def features(state: ProofState) -> list[float]:
    """The features of a state in the order of `FEATURES`."""
    seen = _Seen(state)
    return [feature(seen) for feature in FEATURES.values()]


class Term(BaseModel):
    """What one feature adds to the log-odds: `weight` for each `scale` that it is above `mean`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str
    # Bounds within which no sum of products overflows.
    weight: float = Field(ge=-_LARGEST, le=_LARGEST)
    mean: float = Field(ge=-_LARGEST, le=_LARGEST)
    scale: float = Field(ge=_LEAST_SCALE, le=_LARGEST)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1]
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class LearnedValue:
    """A `Value`: the probability that a state is proved, as far as finished searches tell, within `LEAST` and `MOST`.

    `terms` are those of `FEATURES`, in that order.
    """

    terms: tuple[Term, ...]

    @classmethod
    def fit(cls, samples: Sequence[Sample], *, rounds: int = 200, rate: float = 1.0, decay: float = 0.01) -> Self:
        """Learn from `samples`, whose order is of no account: equal samples give the same value to the last bit.

        `rounds` steps are taken down the mean log loss with L2 penalty (`decay`, not on the bias); `rate` is their
        length as a part, in (0, 1], of the longest that cannot diverge. Where all samples are of one kind, or there
        are none, the value is a constant: the share of proved ones by Laplace's rule of succession.
        """
        if not (rounds >= 0 and 0.0 < rate <= 1.0 and 0.0 <= decay < math.inf):
            raise ConfigError("to learn a value, give rounds of 0 or more, a rate in (0, 1] and a decay of 0 or more")
        proved = sum(sample.proved for sample in samples)
        if proved in (0, len(samples)):
            constant = math.log((proved + 1) / (len(samples) - proved + 1))
            return cls(tuple(Term(name=n, weight=constant * (n == "bias"), mean=0.0, scale=1.0) for n in FEATURES))
        columns = list(zip(*(features(sample.state) for sample in samples), strict=True))
        spans = [(0.0, 1.0), *map(_span, columns[1:])]
        standard = [[(x - mean) / scale for x in col] for col, (mean, scale) in zip(columns, spans, strict=True)]
        weights = _descend(standard, [float(sample.proved) for sample in samples], rounds, rate, decay)
        named = zip(FEATURES, weights, spans, strict=True)
        return cls(tuple(Term(name=n, weight=w, mean=mean, scale=scale) for n, w, (mean, scale) in named))

    def __call__(self, state: ProofState) -> float:
        terms = zip(self.terms, features(state), strict=True)
        odds = math.fsum(term.weight * ((x - term.mean) / term.scale) for term, x in terms)
        return min(MOST, max(LEAST, _sigmoid(odds)))

    @property
    def weights(self) -> Mapping[str, float]:
        """By feature what a standard deviation of it adds to the log-odds; the larger, the more it says."""
        return {term.name: term.weight for term in self.terms}

    def dump(self) -> str:
        """The value as JSON, which `load` reads."""
        return _File(version=1, terms=self.terms).model_dump_json(indent=1) + "\n"

    @classmethod
    def load(cls, text: str) -> Self:
        """The value that `dump` wrote. Raises `ConfigError` for anything else: the file may be from anybody."""
        hint = "learn it anew with LearnedValue.fit, and keep what its dump() gives"
        try:
            terms = _File.model_validate_json(text).terms
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise ConfigError(f"not a learned value ({place[:80]!a}: {first['msg'][:200]}); {hint}") from error
        except ValueError as error:  # half a surrogate pair
            raise ConfigError(f"not a learned value (no Unicode text); {hint}") from error
        if tuple(term.name for term in terms) != tuple(FEATURES):
            raise ConfigError(f"a value that was learned from other features than there are now; {hint}")
        return cls(terms)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a value tells proved states from others.

    `auc` is the probability that it ranks a proved state above one that is not, where a tie is half; 1/2 where there
    is no such pair. `log_loss` is the mean of -log p of what came true; 0 for no samples.
    """

    auc: float
    log_loss: float


def accuracy(value: Value, samples: Iterable[Sample]) -> Fit:
    """How well `value` does on `samples`, which should be others than it was learned from."""
    said = [(value(sample.state), sample.proved) for sample in samples]
    proved, failed = ([p for p, true in said if true is kind] for kind in (True, False))
    failed.sort()
    above = sum(bisect_left(failed, p) + bisect_right(failed, p) for p in proved) / 2
    pairs = len(proved) * len(failed)
    losses = [-math.log(max(p if true else 1.0 - p, 1e-12)) for p, true in said]
    return Fit(above / pairs if pairs else 0.5, math.fsum(losses) / max(1, len(losses)))


def _sigmoid(x: float) -> float:
    # Of two equal formulas the one that does not overflow.
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else 1.0 - 1.0 / (1.0 + math.exp(x))


def _span(column: Sequence[float]) -> tuple[float, float]:
    """The mean of a column and its standard deviation, or 1 for that of a constant one."""
    mean = math.fsum(column) / len(column)
    scale = math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
    return mean, scale if scale > _LEAST_SCALE else 1.0


def _descend(
    columns: Sequence[Sequence[float]], truth: Sequence[float], rounds: int, rate: float, decay: float
) -> list[float]:
    """The weights of standardised `columns`, the bias first, by gradient descent with Nesterov's momentum.

    All sums over samples are exact (`fsum`), so that the order of these does not matter.
    """
    rows = list(zip(*columns, strict=True))
    # The curvature of the loss is at most a quarter of the sum of the columns' mean squares, each of which is 1 or 0.
    step = rate / (len(columns) / 4 + decay)
    decays = [0.0, *[decay] * (len(columns) - 1)]
    weights = ahead = [0.0] * len(columns)
    for turn in range(rounds):
        errors = [_sigmoid(sum(map(mul, row, ahead))) - true for row, true in zip(rows, truth, strict=True)]
        slopes = [math.fsum(map(mul, column, errors)) / len(rows) for column in columns]
        last = weights
        weights = [w - step * (slope + d * w) for w, slope, d in zip(ahead, slopes, decays, strict=True)]
        ahead = [w + turn / (turn + 3) * (w - old) for w, old in zip(weights, last, strict=True)]
    return weights
