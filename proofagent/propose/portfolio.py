"""The portfolio: tactics that need no model, in waves from cheap to dear, in an order that is learned."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from proofagent.proof.state import ProofState
from proofagent.propose import arithmetic as a
from proofagent.propose import products as p
from proofagent.propose import tactics as t
from proofagent.propose.base import Candidate, Query

Generator = Callable[[ProofState], Iterable[str]]


_DEAR_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Source:
    """A family of tactics: its log-prior, how many of it a wave takes, and its usual cost in seconds.

    The costs were measured once (`benchmarks/engine.py --tactics`); they are constants so that a run is repeatable.
    """

    name: str
    generate: Generator
    log_prior: float
    most: int
    cost: float


@dataclass(frozen=True, slots=True)
class Wave:
    """Sources that are tried together; `penalty` is what a goal's priority loses before they are tried."""

    penalty: float
    sources: tuple[Source, ...]


PARTIAL_INTRODUCTION = Source("partial introduction", t.partial_introductions, -2.0, 1, 0.015)
WAVES = (
    Wave(
        0.0,
        (
            Source("introduction", t.introductions, -0.1, 4, 0.015),
            Source("closer", lambda _: t.CLOSERS, -0.1, 12, 0.02),
        ),
    ),
    Wave(0.4, (Source("closer", lambda _: t.SEARCHING_CLOSERS, -0.1, 4, 0.1),)),
    Wave(
        0.7,
        (
            PARTIAL_INTRODUCTION,
            Source("one shot", t.one_shots, -0.5, 6, 0.05),
            Source("one shot", t.one_shots_unfolding, -0.6, 8, 0.1),
            Source("connective", t.connectives, -0.4, 6, 0.015),
            Source("elimination", t.eliminations, -0.3, 6, 0.02),
            Source("cases", t.case_analyses, -0.9, 9, 0.025),
            Source("normal form", a.normal_forms, -0.9, 9, 0.05),
            Source("exponent", a.exponents, -0.9, 4, 0.03),
            Source("power residues", p.power_residues, -0.9, 4, 0.3),
            Source("product", p.factor_bounds, -0.9, 4, 0.03),
            Source("product", p.product_signs, -0.9, 4, 0.03),
            Source("residues", a.residues, -1.2, 6, 0.3),
            Source("enumeration", a.enumerations, -1.2, 6, 0.5),
        ),
    ),
    Wave(
        1.6,
        (
            Source("unfolding", t.unfoldings, -1.0, 10, 0.03),
            Source("rewrite", t.rewrites, -1.2, 14, 0.02),
            Source("power", a.powers, -1.0, 4, 0.02),
            Source("bound", a.bounds, -0.9, 8, 0.1),
            Source("heavy closer", lambda _: t.HEAVY_CLOSERS, -0.5, 8, 0.3),
        ),
    ),
    Wave(
        2.6,
        (
            Source("harvest", lambda _: t.HARVESTERS, -0.7, 3, 0.2),
            Source("instance", t.instances, -1.6, 8, 0.02),
            Source("contradiction", t.contradictions, -1.8, 2, 0.02),
        ),
    ),
    Wave(4.0, (Source("slow harvest", lambda _: t.SLOW_HARVESTERS, -0.7, 1, 2.0),)),
)


class Portfolio:
    """Proposes from `waves`. Within a wave, what worked before comes first, then what is cheap."""

    def __init__(self, waves: Sequence[Wave] = WAVES) -> None:
        self._waves = waves
        self._tried: Counter[str] = Counter()
        self._worked: Counter[str] = Counter()

    @property
    def waves(self) -> Sequence[float]:
        return [wave.penalty for wave in self._waves]

    async def propose(self, query: Query) -> list[Candidate]:
        found: dict[str, tuple[float, Candidate]] = {}
        sources = self._waves[query.wave].sources if query.wave < len(self._waves) else ()
        if query.wave and t.introducible(query.state):
            # What is dear is for the goal with everything brought in, whose proof is one for this goal as well.
            sources = tuple(source for source in sources if source is PARTIAL_INTRODUCTION)
        for source in sources:
            for place, tactic in enumerate(islice(source.generate(query.state), source.most)):
                order = source.cost / self._chance(tactic)
                candidate = Candidate(
                    tactic, source.log_prior - 0.05 * place, source.name, dear=source.cost >= _DEAR_SECONDS
                )
                if tactic not in found or order < found[tactic][0]:
                    found[tactic] = (order, candidate)
        fit = [(order, c) for order, c in found.values() if c.tactic not in query.failures]
        return [candidate for _, candidate in sorted(fit, key=lambda pair: pair[0])]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        head = _head(candidate.tactic)
        self._tried[head] += 1
        self._worked[head] += worked

    def _chance(self, tactic: str) -> float:
        """Laplace's rule of succession over tactics with the same head."""
        head = _head(tactic)
        return (self._worked[head] + 1) / (self._tried[head] + 2)


def _head(tactic: str) -> str:
    return tactic.split(maxsplit=1)[0]
