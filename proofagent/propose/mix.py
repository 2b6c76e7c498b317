"""Several proposers as one: their waves side by side, their priors weighed against each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio

from proofagent.propose.base import Candidate, Proposer, Query


@dataclass(frozen=True, slots=True)
class Share:
    """A proposer in a mix.

    `temperature` above 1 makes its priors more alike, below 1 less: p becomes p^(1/temperature). `weight` is relative
    to the largest of the mix.
    """

    proposer: Proposer
    weight: float = 1.0
    temperature: float = 1.0


class Mix:
    """Proposes what its parts propose. Waves of equal penalty are one wave, asked at the same time.

    A tactic that several of them propose in one wave is one candidate; its prior is the sum of theirs, 1 at most.
    """

    def __init__(self, shares: Sequence[Share]) -> None:
        if not shares or any(share.weight <= 0 or share.temperature <= 0 for share in shares):
            raise ValueError("a mix has parts, and their weights and temperatures are more than 0")
        self._shares = shares
        self._waves: dict[float, list[tuple[Share, int]]] = {}
        for share in shares:
            for wave, penalty in enumerate(share.proposer.waves):
                self._waves.setdefault(penalty, []).append((share, wave))
        self.waves: Sequence[float] = sorted(self._waves)

    async def propose(self, query: Query) -> list[Candidate]:
        parts = self._waves[self.waves[query.wave]] if query.wave < len(self.waves) else []
        found: list[list[Candidate]] = [[]] * len(parts)

        async def ask(place: int, share: Share, wave: int) -> None:
            found[place] = await share.proposer.propose(replace(query, wave=wave))

        async with anyio.create_task_group() as group:
            for place, (share, wave) in enumerate(parts):
                group.start_soon(ask, place, share, wave)
        lists = [self._tempered(share, list_) for (share, _), list_ in zip(parts, found, strict=True) if list_]
        # Alone in its wave, a proposer keeps its order, which may have other reasons than its priors.
        return lists[0] if len(lists) == 1 else merged(lists)

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        for share in self._shares:
            share.proposer.learn(candidate, worked=worked)

    def _tempered(self, share: Share, candidates: Sequence[Candidate]) -> list[Candidate]:
        relative = math.log(share.weight / max(other.weight for other in self._shares))
        return [
            replace(candidate, log_prior=min(0.0, candidate.log_prior / share.temperature + relative))
            for candidate in candidates
        ]


def merged(lists: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """All candidates, each tactic once with its priors added up (1 at most), the likeliest first.

    Its origin is that of the likeliest of its candidates. Equal ones stay in the order of `lists`.
    """
    best: dict[tuple[str, bool], Candidate] = {}
    priors: dict[tuple[str, bool], float] = {}
    for candidate in (candidate for list_ in lists for candidate in list_):
        key = candidate.tactic, candidate.block
        if key not in best or candidate.log_prior > best[key].log_prior:
            best[key] = candidate
        priors[key] = min(1.0, priors.get(key, 0.0) + math.exp(candidate.log_prior))
    order = sorted(priors, key=lambda key: -priors[key])
    # A prior that is too small for a number is 0 as a share and still something as its logarithm.
    return [replace(best[key], log_prior=math.log(priors[key])) if priors[key] else best[key] for key in order]
