"""Texts around a goal, for the search and for the gate; import lines are left out everywhere.

A hole in term position is opened by `by`; earlier holes of the same declaration are filled in.
"""

from collections.abc import Mapping
from dataclasses import replace

from proofagent.goals.commands import split
from proofagent.goals.files import NAMELESS
from proofagent.goals.goal import Goal, HolePosition
from proofagent.goals.lexer import code, sorries
from proofagent.proof.script import Script, braced, indented, render

CHECKED_NAME = "proofagent_example"
"""What an `example` is called while it is checked: without a name it leaves nothing to look at."""

# After these a term is expected; after `=>` either (a branch of `match` or of `induction`); elsewhere a tactic.
_BEFORE_TERM = frozenset([":=", "(", ",", "⟨", "from", "exact", "refine", "apply", "<|", "$", "=", "↦", "then", "else"])
_BEFORE_EITHER = frozenset(["=>"])


def openings(goal: Goal) -> tuple[str, ...]:
    """What may have to stand in the hole before a tactic, the likeliest first: nothing, or `by` and a new line."""
    last = [token.text for token in code(goal.lead)][-1:]
    line = goal.lead.rpartition("\n")[2] if "\n" in goal.lead else goal.statement.rpartition("\n")[2]
    by = "by\n" + " " * (len(line) - len(line.lstrip(" ")) + 2)
    if last and last[0] in _BEFORE_TERM:
        return (by,)
    return ("", by) if last and last[0] in _BEFORE_EITHER else ("",)


def opened(goal: Goal, opening: str) -> Goal:
    """The goal whose hole comes after `opening`."""
    return replace(goal, lead=goal.lead + opening)


def filled(goal: Goal, proofs: Mapping[HolePosition, str]) -> Goal:
    """The goal with `proofs` in the holes before it: of its own declaration, and of its preamble."""
    if goal.position is None:
        return goal
    path = goal.position.path
    proofs = {hole: proof for hole, proof in proofs.items() if hole.path == path}
    lead = goal.position.start - len(goal.lead)
    preamble = lead - len(goal.statement) - len(goal.preamble)
    return replace(goal, preamble=_filled(goal.preamble, preamble, proofs), lead=_filled(goal.lead, lead, proofs))


def _filled(text: str, start: int, proofs: Mapping[HolePosition, str]) -> str:
    """`text`, which begins at offset `start` of its file, with those of `proofs` that lie in it."""
    for hole in sorted(proofs, key=lambda hole: hole.start, reverse=True):
        if start <= hole.start and hole.end <= start + len(text):
            text = text[: hole.start - start] + proofs[hole] + text[hole.end - start :]
    return text


def theorem_word(goal: Goal) -> str:
    """The keyword of the goal's declaration: `theorem`, `def`, `mutual` ..."""
    return next((command.keyword for command in split(goal.statement)), "")


def last_hole(goal: Goal) -> bool:
    """True where the declaration is complete once this hole is filled."""
    return not sorries(goal.lead) and not sorries(goal.tail)


def proof_text(goal: Goal, script: Script, *, braces: bool = False) -> str:
    """`script` as it stands in the goal's hole; with `braces` where the goal's imports have no `·`."""
    text = render(script)
    return indented(braced(text) if braces else text, goal.column)


def checked_name(goal: Goal) -> str:
    return CHECKED_NAME if goal.name == NAMELESS else goal.name


def named(goal: Goal) -> Goal:
    """The goal, where it is an `example`, as the theorem `CHECKED_NAME`."""
    if goal.name != NAMELESS:
        return goal
    keyword = next(token for token in code(goal.statement) if token.text == "example")
    before, after = goal.statement[: keyword.start], goal.statement[keyword.end :]
    return replace(goal, name=CHECKED_NAME, statement=f"{before}theorem _root_.{CHECKED_NAME}{after}")


def text_with(goal: Goal, proof: str) -> str:
    """The declaration with `proof` in its hole, after its preamble; an `example` is made a theorem."""
    return goal.preamble + named(goal).statement + goal.lead + proof + goal.tail
