"""Refuting a statement: its negation as a goal of its own, and small counterexamples that need no model."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product

from proofagent.goals.goal import Goal
from proofagent.propose.base import Candidate, Query

NAME = "proofagent_refutation"
CLOSED_NAME = "proofagent_refuted"

_MOST = 120
_MOST_TUPLES = 20_000
_MOST_VARIABLES = 6
_BINDERS = re.compile(r"\s*([({⦃\[])([^(){}⦃⦄\[\]]*)[)}⦄\]]")
_VALUES: dict[str, tuple[str, ...]] = {
    "Nat": ("0", "1", "2", "3", "5", "4", "6", "7", "8", "9", "10", "11", "12", "13", "16", "25", "100"),
    "Int": ("0", "1", "(-1)", "2", "(-2)", "3", "(-3)", "5", "(-5)", "10", "(-10)"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
    "String": ('""', '"a"', '"ab"'),
    "Char": ("'a'", "'b'"),
    "Unit": ("()",),
    "Type": ("Bool",),
    "List Nat": ("[]", "[0]", "[0, 1]", "[1, 0]", "[0, 0]"),
    "List Bool": ("[]", "[true]", "[true, false]"),
    "List Int": ("[]", "[0]", "[0, 1]", "[1, 0]"),
    "Option Nat": ("none", "(some 0)", "(some 1)"),
    "Nat → Nat": ("id", "(fun _ => 0)", "(fun n => n + 1)", "(fun _ => 1)"),
    "Nat → Bool": ("(fun _ => true)", "(fun _ => false)"),
    "Bool → Bool": ("id", "(fun b => !b)", "(fun _ => true)"),
}


def negated(goal: Goal) -> Goal:
    """The negation of the statement of `goal`, with everything that it means in its place, as a goal of its own.

    The theorem stands in the preamble, admitted, and its whole type is negated: what the text around it adds to it
    (variables of a section, say) is part of that. What is proved has still to be `closed`.
    """
    return Goal(
        name=NAME,
        statement=f"theorem _root_.{NAME} : _root_.Not (type_of% @_root_.{goal.name})",
        imports=goal.imports,
        preamble=f"{goal.preamble}{goal.statement} := by\n  sorry\n\n",
        origin=goal.origin,
    )


def closing(goal: Goal) -> str:
    """Text after a proof of `negated(goal)`: the same once more, as a theorem whose proof takes no argument.

    Text around the goal may give any theorem more hypotheses (a `variable [Fact False]`); behind such a one the
    negation of `goal` would prove nothing, and then this text is refused by Lean.
    """
    return f"\n\ntheorem _root_.{CLOSED_NAME} : _root_.Not (type_of% @_root_.{goal.name}) := @_root_.{NAME}\n"


class Counterexamples:
    """Proposes small values for the variables of a statement `¬∀ …`; Lean computes whether they refute it."""

    waves: Sequence[float] = (0.0,)

    async def propose(self, query: Query) -> list[Candidate]:
        return [
            Candidate(f"exact fun h => absurd (@h {values}) (by {how})", -0.1 - 0.01 * place, "counterexample")
            for place, values in enumerate(islice(_instances(query.state.main.target), _MOST))
            for how in ("decide", "simp")
        ]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Every statement has counterexamples of its own."""


def _instances(target: str) -> Iterator[str]:
    """Arguments for the variables that `target`, `¬∀ …`, begins with, the smallest together first."""
    names, choices = list[str](), list[tuple[str, ...]]()
    for name, type_ in _variables(target):
        # A type that is a variable itself was given the value Bool.
        values = _VALUES.get("Bool" if type_ in names else type_, ())
        if not values or len(names) == _MOST_VARIABLES:
            break
        names.append(name)
        choices.append(values)
    most = int(_MOST_TUPLES ** (1 / max(len(choices), 1)))
    places = sorted(
        product(*(range(min(len(values), most)) for values in choices)), key=lambda at: (sum(at), max(at, default=0))
    )
    if names:
        yield from (" ".join(values[place] for values, place in zip(choices, at, strict=True)) for at in places)


def _variables(target: str) -> Iterator[tuple[str, str]]:
    """The variables of `¬∀ (a b : A) {c : C}, …` with their types."""
    match = re.match(r"¬\s*(?:\()?∀", target)
    at = match.end() if match else len(target)
    while binder := _BINDERS.match(target, at):
        names, colon, type_ = binder[2].partition(" : ")
        if not colon:
            return
        yield from ((name, type_.strip()) for name in names.split())
        at = binder.end()
