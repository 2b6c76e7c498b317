"""Proposers that ask models: the next step, the whole proof and its repairs, a sketch with holes.

None of them says what is true: each turns answers into candidates, and Lean decides.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from proofagent.goals.goal import Goal
from proofagent.llm.chat import Message, Prompt
from proofagent.propose import answers, briefing
from proofagent.propose.asker import Asker, Given, Purpose
from proofagent.propose.base import Candidate, Lemmas, Query, no_lemmas
from proofagent.propose.prompts import Prompts

_MOST_STEPS = 8
_SKETCH_DEPTH = 4
_TRUE = "TRUE"
"""What a model answers that finds no counterexample."""
_SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"tactics": {"type": "array", "items": {"type": "string"}}},
    "required": ["tactics"],
    "additionalProperties": False,
}


class _Asking:
    """What proposers share that ask: models, prompts, lemmas. They do not listen."""

    def __init__(self, asker: Asker, prompts: Prompts, lemmas: Lemmas, waves: Sequence[float]) -> None:
        self._asker, self._prompts, self._lemmas = asker, prompts, lemmas
        self.waves = waves

    async def _values(self, query: Query) -> dict[str, str]:
        """What every prompt but a repair says of a goal."""
        return {
            "library": self._prompts.library(query.goal.imports),
            "theorem": briefing.theorem(query.goal),
            "state": briefing.state_below(query),
            "lemmas": briefing.lemmas(await self._lemmas(query.goal, query.state)),
        }

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Models do not learn from a single run."""


class StepProposer(_Asking):
    """Asks for the next tactics, twice where need be: the second time the prompt has what failed.

    Where a step of a model led, the model is asked again before what is dear without one is tried, or its line would
    be followed at the pace of the slowest tactic. Elsewhere what costs no money comes first.
    """

    def __init__(
        self,
        asker: Asker,
        prompts: Prompts,
        *,
        lemmas: Lemmas = no_lemmas,
        after_own: float = 0.5,
        waves: Sequence[float] = (0.95, 3.0),
    ) -> None:
        super().__init__(asker, prompts, lemmas, (after_own, *waves))
        self._own: defaultdict[str, list[str]] = defaultdict(list)

    async def propose(self, query: Query) -> list[Candidate]:
        early = query.origin.startswith("step")
        if not self._asker.able or query.wave == (1 if early else 0):
            return []
        own = self._own[query.state.key]
        values = await self._values(query) | {
            "path": briefing.path(query.path),
            "state": briefing.state(query),
            "failures": briefing.failures(query.failures, own),
            "most": str(_MOST_STEPS),
        }
        prompt = Prompt(self._prompts.fill("step", values), _SCHEMA)
        given = await self._asker.ask("step", [(prompt, "")])
        found = ranked([(answer, answers.tactics(answer.text)[:_MOST_STEPS]) for answer in given], "step")
        own += [candidate.tactic for candidate in found]
        return found


class WholeProposer(_Asking):
    """Asks for whole proofs of the theorem and of the holes of sketches, then for repairs, a wave a round.

    A repair continues the conversation with the model whose proof came furthest, and tells it all that Lean said.
    """

    def __init__(
        self,
        asker: Asker,
        prompts: Prompts,
        *,
        repairs: int = 2,
        lemmas: Lemmas = no_lemmas,
        first: float = 0.9,
        refutes: Goal | None = None,
    ) -> None:
        super().__init__(asker, prompts, lemmas, [first + 0.1 * round_ for round_ in range(repairs + 1)])
        self._refutes = refutes
        """The goal whose negation is to be proved, where that is what is asked for."""
        self._talks: defaultdict[str, dict[str, _Talk]] = defaultdict(dict)
        """By state, the proofs that were proposed there, each with the conversation that led to it."""

    async def propose(self, query: Query) -> list[Candidate]:
        due = query.wave < len(self.waves) and (not query.path or query.origin.startswith("sketch"))
        if not self._asker.able or not due:
            return []
        if query.wave == 0:
            purpose: Purpose = "refute" if self._refutes else "whole"
            return await self._asked(purpose, query, [(await self._first(query), "")])
        return await self._asked("repair", query, self._repairs(query))

    async def _first(self, query: Query) -> tuple[Message, ...]:
        if self._refutes:
            goal = {"theorem": briefing.theorem(self._refutes), "state": briefing.goal_now(query)}
            return self._prompts.fill("refute", {"library": self._prompts.library(query.goal.imports), **goal})
        return self._prompts.fill("whole", await self._values(query))

    def _repairs(self, query: Query) -> list[tuple[tuple[Message, ...], str]]:
        """For each model the proof of the round before that came furthest, with Lean's errors."""
        best: dict[str, _Talk] = {}
        talks = self._talks[query.state.key]
        # What another worker has not tried yet is for a later round.
        tried = {proof: talk for proof, talk in talks.items() if proof in query.failures}
        for proof, talk in tried.items():
            del talks[proof]
            known = best.get(talk.model)
            talk.errors = query.failures[proof]
            if known is None or _reached(talk.errors) > _reached(known.errors):
                best[talk.model] = talk
        return [
            (
                (*talk.messages, Message("assistant", f"```lean4\n{talk.proof}\n```"), *self._errors(talk.errors)),
                talk.model,
            )
            for talk in best.values()
        ]

    def _errors(self, errors: str) -> tuple[Message, ...]:
        return self._prompts.fill("repair", {"errors": briefing.errors(errors)})

    async def _asked(
        self, purpose: Purpose, query: Query, asked: Sequence[tuple[tuple[Message, ...], str]]
    ) -> list[Candidate]:
        if not asked:
            return []
        given = await self._asker.ask(purpose, [(Prompt(messages), model) for messages, model in asked])
        found = [(answer, answers.proofs(answer.text, query.goal.name)[:2]) for answer in given]
        if self._refutes:
            found = [(answer, [proof for proof in proofs if proof.strip(".") != _TRUE]) for answer, proofs in found]
        talks = self._talks[query.state.key]
        for answer, proofs in found:
            messages = next((m for m, model in asked if model in ("", answer.model)), ())
            for proof in proofs:
                talks.setdefault(proof, _Talk(answer.model, proof, messages))
        return ranked(found, purpose, block=True)


class _Talk:
    """A proof and the conversation in which it was proposed."""

    def __init__(self, model: str, proof: str, messages: tuple[Message, ...]) -> None:
        self.model, self.proof, self.messages = model, proof, messages
        self.errors = ""


class SketchProposer(_Asking):
    """Asks for a plan and its skeleton. What the skeleton leaves as `sorry` becomes goals of the search."""

    def __init__(
        self, asker: Asker, prompts: Prompts, *, lemmas: Lemmas = no_lemmas, waves: Sequence[float] = (1.0, 2.4)
    ) -> None:
        super().__init__(asker, prompts, lemmas, waves)

    async def propose(self, query: Query) -> list[Candidate]:
        deep = query.path and not (query.origin.startswith("sketch") and len(query.path) <= _SKETCH_DEPTH)
        if not self._asker.able or deep:
            return []
        prompt = Prompt(self._prompts.fill("sketch", await self._values(query)))
        given = await self._asker.ask("sketch", [(prompt, "")])
        found = [(answer, answers.proofs(answer.text, query.goal.name)[:2]) for answer in given]
        return ranked(found, "sketch", block=True)


def ranked(found: Iterable[tuple[Given, Sequence[str]]], name: str, *, block: bool = False) -> list[Candidate]:
    """Candidates with priors: the share of all answers, by the weights of their models, that propose them.

    Within an answer the k-th proposal (from 1) has a share in proportion to 1/k. A candidate that several answers
    have gets the sum of its shares, and the shares of all candidates are 1. The likeliest come first.
    """
    shares: dict[str, float] = {}
    first: dict[str, Given] = {}
    for answer, texts in found:
        whole = sum(1 / (place + 1) for place in range(len(texts)))
        for place, text in enumerate(texts):
            shares[text] = shares.get(text, 0.0) + answer.weight / (place + 1) / whole
            first.setdefault(text, answer)
    total = sum(shares.values())
    order = sorted(shares, key=lambda text: -shares[text])
    return [
        Candidate(
            text,
            math.log(shares[text] / total),
            f"{name} by {first[text].model}",
            block=block,
            planned=not block,
            call=first[text].call,
        )
        for text in order
    ]


def _reached(errors: str) -> int:
    """The line of the first error: the further down, the more of the proof is right."""
    lines = [int(head) for head in (line.partition(":")[0] for line in errors.split("\n")) if head.isdecimal()]
    return min(lines, default=0)
