"""Several proposers one after the other: the dear one is asked where the cheap one failed (FrugalGPT, 2305.05176)."""

from collections.abc import Sequence
from dataclasses import replace

from proofagent.propose.base import Candidate, Proposer, Query


class Cascade:
    """The waves of the first stage, then those of the second, and so on, at each goal.

    A goal comes to a stage when all waves of the one before had their turn there and did not settle it. A stage's
    penalties p are between `step` and twice that above those of the stage before: step * (number + p / (step + p)), so
    that their order is kept, and a new goal's cheap stage comes before an old goal's dear one where both are as likely.
    """

    def __init__(self, stages: Sequence[Proposer], *, step: float = 2.0) -> None:
        if not stages or step <= 0:
            raise ValueError("a cascade has stages, and a step of more than 0")
        self._stages = stages
        self._turns = [(stage, wave) for stage in stages for wave in range(len(stage.waves))]
        self.waves: Sequence[float] = [
            step * (number + penalty / (step + penalty))
            for number, stage in enumerate(stages)
            for penalty in stage.waves
        ]

    async def propose(self, query: Query) -> list[Candidate]:
        if query.wave >= len(self._turns):
            return []
        stage, wave = self._turns[query.wave]
        return await stage.propose(replace(query, wave=wave))

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        for stage in self._stages:
            stage.learn(candidate, worked=worked)
