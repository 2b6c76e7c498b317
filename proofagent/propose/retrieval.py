"""Lemmas of the library as tactics: what a search without a model knows of the library beyond its simp set."""

import re
from collections.abc import Iterator, Sequence

from proofagent.errors import GoalError
from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, code
from proofagent.proof.state import ProofState
from proofagent.propose import tactics as t
from proofagent.propose.base import Candidate, Lemmas, Query

_TOGETHER = 8
"""So many lemmas are given to `simp` at once."""
_ALONE = 4
"""So many of those that rewrite are given to it alone, too."""
_PRIOR = -0.7
_REWRITES = frozenset(["=", "↔"])
_NAME = re.compile(r"[^\s{}()\[\]:]++")


class Retrieval:
    """Proposes `rw`, `apply` and `simp` with lemmas that have something in common with the goal.

    Lemmas that state an equation or an equivalence rewrite, all others are applied; what is proposed first are the
    tactics with the best lemma.
    """

    def __init__(self, lemmas: Lemmas, *, waves: tuple[float, float] = (0.9, 1.5)) -> None:
        self._lemmas = lemmas
        self.waves = waves

    async def propose(self, query: Query) -> list[Candidate]:
        """What is cheap in the first wave, what takes long in the second."""
        if t.introducible(query.state):
            return []  # what a lemma fits is seen when all is brought in
        stated = await self._lemmas(query.goal, query.state)
        lemmas = [(name, _rewrites(text)) for text in stated if (name := _name(text))]
        found = dict.fromkeys((_dear if query.wave else _cheap)(query.state, lemmas) if lemmas else ())
        fit = [tactic for tactic in found if tactic not in query.failures]
        return [Candidate(tactic, _PRIOR - 0.01 * place, "retrieval", brief=True) for place, tactic in enumerate(fit)]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """What was found for one goal says nothing about another."""


def _cheap(_state: ProofState, lemmas: Sequence[tuple[str, bool]]) -> Iterator[str]:
    yield f"simp [{_listed(lemmas)}]"
    for name, rewrites in lemmas:
        if rewrites:
            # Alone, because with others it may lead round in circles.
            yield f"simp [{name}]"
        yield f"apply {name}"
        if rewrites:
            yield f"rw [{name}]"
            yield f"rw [← {name}]"


def _dear(state: ProofState, lemmas: Sequence[tuple[str, bool]]) -> Iterator[str]:
    yield f"simp_all [{_listed(lemmas)}]"
    yield from t.one_shots(state, [name for name, _ in lemmas[:_TOGETHER]])
    yield f"grind [{_listed(lemmas)}]"
    yield from (f"simp_all [{name}]" for name in [name for name, rewrites in lemmas if rewrites][:_ALONE])


def _listed(lemmas: Sequence[tuple[str, bool]]) -> str:
    return ", ".join(name for name, _ in lemmas[:_TOGETHER])


def _name(stated: str) -> str:
    match = _NAME.match(stated.removeprefix("@"))
    return match[0].rstrip(".") if match else ""


def _rewrites(stated: str) -> bool:
    """Whether the lemma concludes with `=` or `↔`, as far as its text shows."""
    depth, found = 0, ""
    try:
        tokens = list(code(stated))
    except GoalError:  # Lean prints a string in another way than it reads it
        return False
    for token in tokens:
        depth += DEPTH.get(token.text, 0)
        if depth == 0 and token.kind is Kind.SYMBOL and found != "↔":  # which binds weaker than an arrow
            if token.text in (":", "→", ","):
                found = ""
            elif token.text in _REWRITES:
                found = token.text
    return bool(found)
