"""How good a proof's text is under a profile, as far as the text alone says so.

What a profile asks of terms and heartbeats is not seen here; that is compared when the gate has accepted (`quality`).
"""

from collections.abc import Callable
from functools import lru_cache

from proofagent.goals.lexer import code, uncommented
from proofagent.lean.olean.sizes import Sizes
from proofagent.score.choice import Profile
from proofagent.score.metric import Metric
from proofagent.score.subject import Body, Subject
from proofagent.score.tokens import lean_tokens

Measure = Callable[[str], tuple[float, ...]]
"""How good the text of a proof is, what counts most first; smaller is better."""

TEXTUAL = frozenset(["tokens", "tactics", "burden", "hardest", "depth"])
"""Metrics that may select and need nothing but a proof's text."""

_UNKNOWN = Sizes()
_KEPT = 64


def by_tokens(proof: str) -> tuple[float, ...]:
    """Lean's tokens, then characters without comments and blanks. Raises `GoalError`."""
    return lean_tokens(proof), len("".join(uncommented(proof).split()))


def by_profile(profile: Profile) -> Measure:
    """What `profile` asks of the text, in its order, and where that is equal the length.

    The measure raises `GoalError` or `ValueError` for what is no proof.
    """
    asked = [metric for metric in profile.order if metric.name in TEXTUAL]

    @lru_cache(maxsize=_KEPT)
    def measure(proof: str) -> tuple[float, ...]:
        if not any(code(proof)):
            raise ValueError("there is no proof")
        subject = Subject("", (Body("", "", proof, 0, 0, ""),), _UNKNOWN)
        return (*(_cost(metric, subject) for metric in asked), *by_tokens(proof))

    return measure


def is_textual(profile: Profile) -> bool:
    """Whether the text alone says all that `profile` asks."""
    return all(metric.name in TEXTUAL for metric in profile.order)


def is_blind(profile: Profile) -> bool:
    """Whether what counts most is not seen in the text, so that a longer proof may be better."""
    return profile.order[0].name not in TEXTUAL | {"idle"}


def _cost(metric: Metric, subject: Subject) -> float:
    value = metric.measure(subject)
    assert value is not None, f"{metric.name} needs more than a text"
    return metric.cost(value)
