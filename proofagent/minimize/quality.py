"""Whether a file whose proofs were edited is worse under a profile than it was, by all that its artefact shows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from proofagent.errors import ProofAgentError
from proofagent.score.choice import Profile, Vector, choose, regressions

Measured = Callable[[str], Awaitable[Mapping[str, Vector]]]
"""Every metric of the theorems of a file that the gate has accepted, by their names."""


class Quality:
    """Compares texts of one file by `profile`, with what `measured` says of the theorems `targets`."""

    def __init__(self, profile: Profile, targets: Sequence[str], measured: Measured) -> None:
        self.profile, self._targets, self._measured = profile, targets, measured
        self._known: dict[str, Mapping[str, Vector]] = {}

    async def objection(self, text: str, *others: str) -> str:
        """Why `text` is worse than one of `others`, for people; empty where it is not.

        Worse is: `choose` takes the other one, or there is a hard regression. What cannot be measured is worse.
        """
        try:
            new = await self.vectors(text)
            for other in dict.fromkeys(others):
                old = await self.vectors(other)
                for name in self._targets:
                    if why := _worse(self.profile, old[name], new[name]):
                        return f"{name}: {why}"
        except (ProofAgentError, ValueError) as error:  # ValueError: something that is no proof where one is looked for
            return f"it cannot be measured: {error}"
        return ""

    async def vectors(self, text: str) -> Mapping[str, Vector]:
        """What is measured of `text`, once; raises as `measured` does."""
        if text not in self._known:
            self._known[text] = await self._measured(text)
        return self._known[text]

    def known(self, text: str) -> Mapping[str, Vector]:
        """What was measured of `text`; empty where it was not."""
        return self._known.get(text, {})


def _worse(profile: Profile, old: Vector, new: Vector) -> str:
    if hard := regressions(old, new):
        return f"a hard regression: {hard[0]}"
    choice = choose(profile, old, new)
    return choice.why if choice.better < 0 else ""
