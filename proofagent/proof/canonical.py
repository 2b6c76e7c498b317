"""When two printed goals are the same work: up to bound names, the order of hypotheses, and variables nobody uses.

A script for one goal fits another of the same form where every name that it may use exists there and means the same.
"""

import re
from collections.abc import Iterator

from proofagent.proof.state import Hypothesis, OpenGoal, ProofState

_NAME = r"[^\W\d][\w'!?₀-₉]*"
_WORD = re.compile(rf"(?<![\w.'✝]){_NAME}✝?")
# `∀ x y, `, `∃ x : T, `, `∀ (x y : T), `, `fun x y => `: the names of the first group of binders.
_BINDER = re.compile(rf"(?:[∀∃λ]|(?<![\w.])fun) ?[({{⦃]?((?:{_NAME} )*{_NAME})(?= :|,| =>| [<>≤≥∈])")
_PLAIN = re.compile(rf"(?:Nat|Int|Bool|Type(?: {_NAME})?|(?:List|Option|Array) {_NAME})")
_OPEN, _CLOSE = "([{⟨⦃", ")]}⟩⦄"


def form(state: ProofState) -> str:
    """Equal forms, equal work, where `fits` agrees. Goals that are coupled have no form but their text."""
    if len(state.goals) != 1 or state.coupled:
        return state.key
    goal = state.main
    used = _used(goal)
    # What has no name is told apart by its place alone.
    named = sorted(_line(h) for h in used if h.accessible)
    hidden = [_line(h) for h in goal.hypotheses if not h.accessible]
    return "\n".join([*named, "✝", *hidden, f"⊢ {without_bound_names(goal.target)}"])


def fits(script_of: ProofState, at: ProofState) -> bool:
    """Whether all that a script for the one goal may name is there at the other, too, of the same type."""
    there = {_line(h) for goal in at.goals for h in goal.hypotheses}
    return all(_line(h) in there for goal in script_of.goals for h in goal.hypotheses)


def without_bound_names(text: str) -> str:
    """`text` with its bound variables numbered in the order of their binders, each within the brackets of its binder.

    Two texts that become equal differ in nothing but bound names. Some that do differ in nothing else stay different:
    names bound by patterns are left alone, and so is a second binder of a name within the scope of the first.
    """
    number, start = 0, 0
    while match := _BINDER.search(text, start):
        end = _scope(text, match.start())
        scope = text[match.start(1) : end]
        for name in dict.fromkeys(match[1].split()):
            number += 1
            scope = re.sub(rf"(?<![\w.'✝«]){re.escape(name)}(?![\w'!?✝])", f"‹{number}›", scope)
        text = text[: match.start(1)] + scope + text[end:]
        start = match.start(1)
    return text


def _scope(text: str, start: int) -> int:
    """Where the brackets end in which `start` is."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in _OPEN) - (text[place] in _CLOSE)
        if depth < 0:
            return place
    return len(text)


def _used(goal: OpenGoal) -> list[Hypothesis]:
    """The hypotheses without the variables that neither the target nor another used hypothesis mentions."""
    mentioned = set(_words(goal.target))
    used: list[Hypothesis] = []
    for h in reversed(goal.hypotheses):
        # A later hypothesis may mention an earlier one, not the other way round.
        if h.name in mentioned or not _is_plain_variable(h):
            used.append(h)
            mentioned.update(_words(f"{h.type} {h.value or ''}"))
    return used[::-1]


def _is_plain_variable(h: Hypothesis) -> bool:
    """A number, a list, a type: where nobody mentions it, nothing can be made of it that could not be made anyway."""
    return h.accessible and h.value is None and _PLAIN.fullmatch(h.type) is not None


def _words(text: str) -> Iterator[str]:
    return (match[0] for match in _WORD.finditer(text))


def _line(h: Hypothesis) -> str:
    value = "" if h.value is None else f" := {without_bound_names(h.value)}"
    return f"{h.name} : {without_bound_names(h.type)}{value}"
