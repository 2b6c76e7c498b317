"""Proposals of language models: a whole new proof, which is tried like any other edit."""

from collections.abc import Callable, Sequence

from proofagent.goals.goal import Goal
from proofagent.goals.lexer import column
from proofagent.llm.chat import Prompt
from proofagent.minimize.edits import Edit, Edits, Place
from proofagent.minimize.passes.base import Script
from proofagent.proof.script import indented
from proofagent.propose import answers, briefing
from proofagent.propose.asker import Asked, Asker, Panel
from proofagent.propose.content import refusal
from proofagent.propose.prompts import Prompts
from proofagent.score.choice import Profile

MOST_CHARACTERS = 20_000
"""Of a proof that a model is shown."""

_MARGIN = 2
_MOST_PROOFS = 2
"""Of one answer: models think aloud."""


def wanted(profile: Profile) -> str:
    """What `profile` asks of a proof, in words."""
    order = ", ".join(f"{metric.name} ({metric.better} {metric.unit})" for metric in profile.order)
    return f"What is better: {profile.about}\nTwo proofs are compared by the first of these that differs: {order}."


class Rewriting:
    """An `Adviser` that asks every model of `panel` for other proofs of a theorem, once a call.

    `heard` is told of every call with the theorem that it was for. What a model may not write, whatever it was told
    to, is left out here; whether the rest proves anything is Lean's to say.
    """

    def __init__(
        self,
        panel: Panel,
        prompts: Prompts,
        profile: Profile,
        imports: Sequence[str],
        heard: Callable[[str, Asked], None] = lambda _theorem, _asked: None,
    ) -> None:
        self._panel, self._prompts, self._heard = panel, prompts, heard
        self._wanted, self._imports = wanted(profile), tuple(imports)
        self._askers: dict[str, Asker] = {}

    async def advise(self, script: Script, place: Place) -> Sequence[Edits]:
        """The proofs that the models give, each in the place of the whole proof; none where none can be asked."""
        proof = script.text[place.proof : script.tree.end].strip()
        asker = self._asker(place.name)
        if not asker.able or len(proof) > MOST_CHARACTERS:
            return ()
        values = {
            "library": self._prompts.library(self._imports),
            "theorem": briefing.theorem(self._goal(script, place)),
            "proof": proof,
            "wanted": self._wanted,
        }
        given = await asker.ask("shorten", [(Prompt(self._prompts.fill("shorten", values)), "")])
        found = dict.fromkeys(
            block
            for answer in given
            for block in answers.proofs(answer.text, place.name)[:_MOST_PROOFS]
            if not refusal(block)
        )
        return [(_whole(script, place, block),) for block in found]

    def _asker(self, theorem: str) -> Asker:
        if theorem not in self._askers:
            self._askers[theorem] = Asker(self._panel, "s", lambda asked: self._heard(theorem, asked))
        return self._askers[theorem]

    def _goal(self, script: Script, place: Place) -> Goal:
        statement = script.text[place.start : place.proof].rstrip().removesuffix(":=")
        return Goal(place.name, statement, self._imports, script.text[: place.start])


def _whole(script: Script, place: Place, block: str) -> Edit:
    """The edit that puts a block of tactics in the place of a proof; comments behind the proof stay."""
    margin = column(script.text, place.start) + _MARGIN
    return Edit(place.proof, script.tree.end, f" by\n{' ' * margin}{indented(block, margin)}")
