"""The contract of everything that proposes tactics."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from proofagent.goals.goal import Goal
from proofagent.proof.state import ProofState


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tactic worth trying. `log_prior` (natural logarithm, at most 0) says how likely it is to help."""

    tactic: str
    log_prior: float = 0.0
    origin: str = ""
    block: bool = False
    """Whether `tactic` is a block of several, in which a `sorry` leaves a goal: tried as a whole, then step by step."""

    planned: bool = False
    """Whether it is a step of a plan, a larger block or that of a model: then it does not count as depth."""

    dear: bool = False
    """Whether it may take long, so that nothing is gained by finding out together with others whether it fails."""

    brief: bool = False
    """Whether it is worth little time only: where it takes longer than usual, it is given up."""

    call: str = ""
    """The call of a model that it is from, as the trace names it."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question to a proposer: what to try at `state`, the `wave`-th time that it is asked there."""

    goal: Goal
    state: ProofState
    wave: int = 0
    depth: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    """Tactics and blocks that failed here, with Lean's reason."""

    path: tuple[str, ...] = ()
    """The tactics on the way here, from the root."""

    origin: str = ""
    """Who proposed the last of them."""


Lemmas = Callable[[Goal, ProofState], Awaitable[Sequence[str]]]
"""Finds lemmas of the library that may help at a state, the best first, each as `#check` prints it: name, statement."""


async def no_lemmas(_goal: Goal, _state: ProofState) -> Sequence[str]:
    """Finds nothing."""
    return ()


class Proposer(Protocol):
    """Gives candidates in waves, the cheapest first; an empty wave is passed over."""

    @property
    def waves(self) -> Sequence[float]:
        """One entry a wave: what is subtracted from a goal's priority before that wave is its turn."""
        ...

    async def propose(self, query: Query) -> list[Candidate]: ...

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Hear whether a candidate worked; later orders may depend on it, deterministically."""
        ...
