"""What a search is told and what it tells: settings, what an observer sees, how it ended."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from proofagent.proof.graph import ProofGraph, StepNode
from proofagent.proof.script import Script
from proofagent.propose.base import Candidate
from proofagent.score.burden import hardest
from proofagent.search.best_first import best_first
from proofagent.search.prover import TacticResult
from proofagent.search.strategy import Judge, Strategy, Value, by_size
from proofagent.types import Spent

End = Literal["complete", "exhausted", "out-of-time", "out-of-candidates"]


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate was tried: what an observer sees. `step` is None where it did not work."""

    goal: int
    target: str
    candidate: Candidate
    result: TacticResult
    step: StepNode | None


Observer = Callable[[ProofGraph, Tried], None]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """How a search ended. `script` is whole where `end` is "complete"; nothing has verified it yet."""

    end: End
    script: Script
    graph: ProofGraph
    spent: Spent


@dataclass(frozen=True, slots=True)
class Settings:
    """What a search may be told besides its budget."""

    workers: int = 1
    """Goals that are worked on at the same time; more than the engines there are is of no use."""

    candidate_seconds: float = 6.0
    block_seconds: float = 30.0
    """For a block of tactics as a whole."""

    screened: int = 12
    """So many candidates of a goal go into one document first, to find out which of them fail; 0 for none."""

    strategy: Strategy = best_first
    """Which goal is next; those that have names are in `strategies.py`."""

    merge: bool = True
    """Whether goals that are the same work are one node of the graph."""

    value: Value = by_size
    """What a goal is worth before anything was tried there."""

    burden: Callable[[str], int] = hardest
    """What a reader has to take on trust of a tactic: the lighter of equals is tried, and taken, first."""

    judge: Judge | None = None
    """Asked for a better value of each goal that the first wave did not close, while the search goes on."""

    banned: frozenset[tuple[str, str]] = frozenset()
    """Pairs of a state's key and a tactic that must not be used (the gate refused a proof that did)."""
