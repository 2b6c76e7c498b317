"""The proofs that are kept of a goal: different ones, none of which another one beats in everything.

Different is what does something else: proofs whose terms have one skeleton are one proof in two spellings, of which
the better one stays. What is better is measured (`score`), and only of what the gate has accepted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from proofagent.check.gate import Verdict
from proofagent.errors import ProofAgentError
from proofagent.goals.files import Source
from proofagent.goals.goal import Goal
from proofagent.lean.pool import Pool
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import Script, size
from proofagent.runs.scoring import subjects_of
from proofagent.runs.text import checked_name, text_with
from proofagent.score.choice import Profile, Vector, front, profiles
from proofagent.score.metrics import METRICS, vector

DEFAULT_PROFILE = "golf"


@dataclass(frozen=True, slots=True)
class Proof:
    """The text for a goal's hole, the script that it was made of, and what the gate said to it, if it was asked.

    `graph` is what the search had found when it had the script.
    """

    text: str
    script: Script
    verdict: Verdict | None
    graph: ProofGraph
    skeleton: str = ""
    """Of the kernel term; empty where it was not looked at."""
    vector: Vector = field(default_factory=lambda: MappingProxyType({}))
    """What was measured of it; empty where nothing was."""

    @property
    def length(self) -> tuple[int, int]:
        """Tactics, then characters."""
        return size(self.script), len(self.text)


@dataclass(slots=True)
class Kept:
    """Proofs of one goal, at most one of each kind; `profile` says which of two is better."""

    profile: Profile = field(default_factory=lambda: profiles()[DEFAULT_PROFILE])
    _proofs: dict[str, Proof] = field(default_factory=dict)

    def add(self, proof: Proof) -> bool:
        """Keep a proof; whether it is of another kind than those that are here."""
        kind = proof.skeleton or f"text {' '.join(proof.text.split())}"
        known = self._proofs.get(kind)
        if known is None or self._cost(proof) < self._cost(known):
            self._proofs[kind] = proof
        return known is None

    def __len__(self) -> int:
        return len(self._proofs)

    def best(self) -> tuple[Proof, ...]:
        """The Pareto front, the best by the profile first; what was not measured is beaten by nobody."""
        proofs = list(self._proofs.values())
        measured = [proof for proof in proofs if proof.vector]
        found = [measured[place] for place in front([proof.vector for proof in measured])]
        return tuple(sorted([*found, *(proof for proof in proofs if not proof.vector)], key=self._cost))

    def _cost(self, proof: Proof) -> tuple[tuple[float, ...], tuple[int, int]]:
        return tuple(metric.cost(proof.vector.get(metric.name)) for metric in self.profile.order), proof.length


async def measured(proof: Proof, goal: Goal, pool: Pool, *, deadline: float) -> Proof:
    """An accepted proof with its skeleton and vector, as far as these can be had; raises nothing of ours."""
    source = Source(Path(goal.origin or goal.name), goal.imports, text_with(goal, proof.text))
    try:
        (found,) = await subjects_of(source, (checked_name(goal),), pool, deadline=deadline, robust=False)
    except ProofAgentError:
        return proof
    return replace(proof, skeleton=found.skeleton, vector=vector(found))


def differences(proofs: Sequence[Proof]) -> list[Mapping[str, float]]:
    """Of each proof the metrics that may select and in which not all of them are equal; none of what is not known."""
    names = [metric.name for metric in METRICS if metric.selects]
    telling = [name for name in names if len({proof.vector.get(name) for proof in proofs}) > 1]
    return [{name: value for name in telling if (value := proof.vector.get(name)) is not None} for proof in proofs]
