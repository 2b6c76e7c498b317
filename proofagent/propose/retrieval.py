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
_REWRITES = frozenset(["=", "↔"])
_NAME = re.compile(r"[^\s{}()\[\]:]++")


class Retrieval:
    """Proposes `rw`, `apply` and `simp` with lemmas that have something in common with the goal.

    Lemmas that state an equation or an equivalence rewrite, all others are applied; what is proposed first are the
    tactics with the best lemma.
    """

    def __init__(self, lemmas: Lemmas, *, waves: Sequence[float] = (2.2,)) -> None:
        self._lemmas = lemmas
        self.waves = waves

    async def propose(self, query: Query) -> list[Candidate]:
        if t.introducible(query.state):
            return []  # what a lemma fits is seen when all is brought in
        stated = await self._lemmas(query.goal, query.state)
        lemmas = [(name, _rewrites(text)) for text in stated if (name := _name(text))]
        found = dict.fromkeys(_tactics(query.state, lemmas))
        fit = [tactic for tactic in found if tactic not in query.failures]
        return [Candidate(tactic, -0.8 - 0.05 * place, "retrieval") for place, tactic in enumerate(fit)]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """What was found for one goal says nothing about another."""


def _tactics(state: ProofState, lemmas: Sequence[tuple[str, bool]]) -> Iterator[str]:
    if not lemmas:
        return
    names = [name for name, _ in lemmas[:_TOGETHER]]
    together = f" [{', '.join(names)}]"
    yield f"simp{together}"
    yield f"simp_all{together}"
    yield from t.one_shots(state, names)
    yield f"grind{together}"
    alone = [name for name, rewrites in lemmas if rewrites][:_ALONE]
    yield from (f"simp_all [{name}]" for name in alone)
    for name, rewrites in lemmas:
        yield f"apply {name}"
        if rewrites:
            yield f"rw [{name}]"
            yield f"rw [← {name}]"


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
