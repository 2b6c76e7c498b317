"""What was proved before, and the tactics that it suggests: prediction by the nearest neighbours of a state.

A neighbour says two things. What it did is tried with this state's names where the state is near indeed: that may be a
tactic that nobody else would think of. What kind of tactic it was says which of all that others propose for this state,
sooner or later, comes first: that adds no candidate, it only changes the order, so it costs next to nothing where it is
wrong. What is nearly sure comes before everything else, even before what costs nothing; closers have a voice in that,
so that a strong tactic is not preferred where a weak one did.

After Tactician (Blaauwbroek, Urban, Geuvers, arXiv 2008.00120) and TacticToe (Gauthier et al., arXiv 1804.00596): the
tactics of the most similar states that were proved are the ones to try. What is proved in a run is known in the same
run, and to every process that shares the file.
"""

import math
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from proofagent.errors import ProofAgentError
from proofagent.goals.goal import Goal
from proofagent.proof.graph import ProofGraph
from proofagent.proof.script import is_step
from proofagent.proof.state import ProofState
from proofagent.propose.base import Candidate, Proposer, Query
from proofagent.propose.content import refusal
from proofagent.propose.memory.abstraction import Place, instances
from proofagent.propose.memory.features import features
from proofagent.propose.memory.index import Index, Neighbour
from proofagent.propose.memory.kinds import kind_at
from proofagent.propose.memory.steps import MemoryStep, proof_blocks, proof_steps, remembered, surroundings
from proofagent.propose.memory.store import Row, Store
from proofagent.propose.mix import merged
from proofagent.propose.tactics import CLOSERS

ORIGIN = "memory"
_NEIGHBOURS = 100
_SHARPNESS = 3.0
"""A vote is the similarity to this power: one that is near outweighs many that are far."""
_SECOND = 0.5
"""What is left of a tactic's vote for the next way to fill in its names."""
_LEAST_PRIOR, _MOST_PRIOR = 0.02, 0.9
_UNDECIDED = 0.02
"""Votes that nobody gave: where all neighbours are far, none of them is believed."""
_NEXT = 0.7
"""What is left of a kind's share for the next candidate of that kind."""
_SURE, _MOST_SURE = 0.4, 2
"""How likely a candidate is that is tried before the closers, and how many of these there are at most."""
_SURE_NEAR = 0.25
"""Kinds alone are sure of nothing where no state is as similar as that."""
EAGER, LATER = -0.05, 0.35
NEAR = 0.3
"""States less similar than this say nothing: what they suggest costs time at every goal and solved none (measured)."""


class Memory:
    """The steps that were proved, loaded once. Without a store it lasts as long as the process.

    A store that cannot be written later is no reason to lose a run: what is proved is then remembered in this process
    alone, and `broken` says why. Raises `ConfigError` where the store cannot be read at the beginning.
    """

    def __init__(self, store: Store | None = None) -> None:
        self.broken = ""
        self._store = store
        self._last = 0
        self._uses: dict[str, tuple[int, int]] = {}
        self._index = Index()
        self._load()

    @classmethod
    def open(cls, path: Path) -> Self:
        """The memory in a file, which is made where there is none; `ConfigError` where it cannot be used."""
        return cls(Store(path))

    @property
    def rows(self) -> int:
        """How many steps are known here; no `len`, because an empty memory is not a missing one."""
        return len(self._index)

    def refresh(self) -> int:
        """Take up what other processes have added; how many rows are new here."""
        before = self.rows
        try:
            self._load()
        except ProofAgentError as error:
            self.broken = str(error)
        return max(0, self.rows - before)

    def remember(self, graph: ProofGraph, goal: Goal, *, lean: str = "") -> int:
        """Keep the steps of `graph` that prove something, with or without the root; how many were not known."""
        proved = list(proof_steps(graph))
        steps = [(step.goal, step.tactic, False) for step in proved]
        blocks = [(at, text, True) for at, text in proof_blocks(graph, proved)]
        found = (
            remembered(graph.goals[at].state, text, goal, lean=lean, block=block) for at, text, block in steps + blocks
        )
        return self.add([step for step in found if step is not None])

    def add(self, steps: Iterable[MemoryStep]) -> int:
        """Keep steps, each once, here and in the store; how many were not known here."""
        new = list({step.digest: step for step in steps if step.digest not in self._index}.values())
        if new and self._store is not None:
            try:
                self._store.add(new)
            except ProofAgentError as error:
                self.broken = str(error)
        for step in new:
            self._index.add(Row(0, step))
        return len(new)

    def nearest(self, state: ProofState, goal: Goal, most: int = _NEIGHBOURS) -> list[Neighbour]:
        """The steps with the most similar states, of those that speak of nothing that `goal` lacks."""
        return self._index.nearest(features(state), surroundings(goal).offer, most)

    def used(self, digest: str, *, worked: bool) -> None:
        """Count a step that was tried again; `save` tells the store."""
        tried, successes = self._uses.get(digest, (0, 0))
        self._uses[digest] = tried + 1, successes + worked

    def save(self) -> None:
        """Write what was counted since the last time."""
        uses, self._uses = self._uses, {}
        if uses and self._store is not None:
            try:
                self._store.credit(uses)
            except ProofAgentError as error:
                self.broken = str(error)

    def _load(self) -> None:
        """Read what is new; all of it again where much is here that the store has given up."""
        if self._store is None:
            return
        if len(self._index) > self._store.most * 1.1 and not self.broken:
            self._index, self._last = Index(), 0
        for row in self._store.rows(self._last):
            self._last = row.id
            self._index.add(row)
        self._index.weigh()


@dataclass(slots=True)
class _Vote:
    """The votes for a tactic, and the nearest of those who gave them."""

    nearest: Neighbour
    sum: float = 0.0


class MemoryProposer:
    """Proposes the tactics of similar states, with this state's names, and what `others` would propose later.

    A tactic has the votes of all neighbours that it helped, each by its similarity, and by how often the tactic was
    taken in this run and by the neighbour's count in others. A candidate of `others` has the votes of all neighbours
    that were helped by its kind. Their turn is between the closers, which cost nothing, and the case analyses, which
    multiply goals.
    """

    def __init__(
        self,
        memory: Memory,
        others: Sequence[Proposer] = (),
        *,
        most: int = 5,
        ways: int = 2,
        near: float = NEAR,
        waves: Sequence[float] = (EAGER, LATER),
    ) -> None:
        self.waves = waves
        self._memory = memory
        self._others = others
        self._most = most
        self._ways = ways
        self._near = near
        self._proposed: dict[str, tuple[str, str]] = {}  # by tactic its abstract text, and the digest of its step
        self._tried: Counter[str] = Counter()
        self._worked: Counter[str] = Counter()

    async def propose(self, query: Query) -> list[Candidate]:
        """At most `most` candidates of neighbours, the likeliest first, and as many of `others`.

        The first of the former is as likely as its neighbour is similar; the latter as their kind was frequent. In the
        first of several waves there are only those that are nearly sure, in the others no closers.
        """
        if query.wave >= len(self.waves) or not self._memory.rows:
            return []
        neighbours = self._memory.nearest(query.state, query.goal)
        place = Place.of(query.state.main)
        own = self._own([n for n in neighbours if n.similarity >= self._near], place, query.failures)
        others = await self._of_others(neighbours, place, query)
        if query.wave + 1 < len(self.waves):
            return _sure(merged([own, others if neighbours and neighbours[0].similarity >= _SURE_NEAR else []]))
        return [candidate for candidate in merged([own, others]) if candidate.tactic not in CLOSERS]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Hear of its own candidates, whoever else proposed them; what works here is tried first from then on."""
        if candidate.tactic in self._proposed:
            text, digest = self._proposed[candidate.tactic]
            self._tried[text] += 1
            self._worked[text] += worked
            self._memory.used(digest, worked=worked)

    def _own(self, near: Sequence[Neighbour], place: Place, failures: Container[str]) -> list[Candidate]:
        votes = self._votes(near)
        found: dict[str, tuple[float, _Vote]] = {}
        # Some cannot be written here, and some have failed.
        for vote in sorted(votes.values(), key=lambda vote: -vote.sum):
            if len(found) >= 2 * self._most:
                break
            for number, (tactic, fit) in enumerate(instances(vote.nearest.row.step.tactic, place, self._ways)):
                if tactic not in found and tactic not in failures and is_step(tactic) and not refusal(tactic):
                    found[tactic] = vote.sum * fit * _SECOND**number, vote
        best = sorted(found.items(), key=lambda item: -item[1][0])[: self._most]
        return [self._candidate(tactic, value / best[0][1][0], vote, best[0][1][1]) for tactic, (value, vote) in best]

    async def _of_others(self, neighbours: Sequence[Neighbour], place: Place, query: Query) -> list[Candidate]:
        """What `others` have for this state and what is of a kind that helped its neighbours."""
        votes: Counter[str] = Counter()
        for neighbour in neighbours:
            if neighbour.row.step.kind:
                votes[neighbour.row.step.kind] += neighbour.similarity**_SHARPNESS
        if not votes:
            return []
        total = votes.total() + _UNDECIDED
        found, places = dict[str, tuple[float, Candidate]](), Counter[str]()
        for candidate in [c for other in self._others for c in await _everything(other, query)]:
            kind = kind_at(candidate.tactic, place) or ""
            if kind and votes[kind] and candidate.tactic not in found:
                # Of several of one kind the first is the likeliest: whoever proposes them has an order.
                found[candidate.tactic] = votes[kind] / total * _NEXT ** places[kind], candidate
                places[kind] += 1
        best = sorted((item for item in found.values() if item[0] >= _LEAST_PRIOR), key=lambda item: -item[0])
        return [
            replace(candidate, log_prior=math.log(min(_MOST_PRIOR, share))) for share, candidate in best[: self._most]
        ]

    def _votes(self, neighbours: Iterable[Neighbour]) -> dict[str, _Vote]:
        votes: dict[str, _Vote] = {}
        for neighbour in neighbours:
            text = neighbour.row.step.tactic.text
            vote = votes.setdefault(text, _Vote(neighbour))
            vote.sum += neighbour.similarity**_SHARPNESS * self._chance(neighbour.row, text)
        return votes

    def _chance(self, row: Row, text: str) -> float:
        """Laplace's rule of succession; that a step was part of a proof is a success as well."""
        return (row.successes + self._worked[text] + 2) / (row.uses + self._tried[text] + 3)

    def _candidate(self, tactic: str, share: float, vote: _Vote, first: _Vote) -> Candidate:
        row = vote.nearest.row
        self._proposed[tactic] = row.step.tactic.text, row.step.digest
        prior = _MOST_PRIOR * share * first.nearest.similarity
        log_prior = math.log(min(_MOST_PRIOR, max(_LEAST_PRIOR, prior)))
        return Candidate(tactic, log_prior, ORIGIN, block=row.step.block, brief=True)


def _sure(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The few that are worth a try before anything else."""
    return [candidate for candidate in candidates if candidate.log_prior >= math.log(_SURE)][:_MOST_SURE]


async def _everything(proposer: Proposer, query: Query) -> list[Candidate]:
    """All that a proposer would ever propose at a state."""
    waves = range(len(proposer.waves))
    return [c for wave in waves for c in await proposer.propose(replace(query, wave=wave))]
