"""Tactics that Lean itself proposes: the "Try this" of `exact?`, `simp?`, `grind?` and `try?`."""

import re
from collections.abc import Iterable

from proofagent.lean.engine import Message
from proofagent.proof.script import one_tactic

_ONE = re.compile(r"^Try this:?\s*(?:\[apply\]\s*)?(.*)\Z", re.DOTALL)
_MOST = 12


def suggestions(messages: Iterable[Message]) -> tuple[str, ...]:
    """Every tactic text proposed in `messages`, in order, without repetition."""
    found: dict[str, None] = {}
    for message in messages:
        if message.severity != "error":
            found.update(dict.fromkeys(_proposed(message.text)))
    return tuple(found)[:_MOST]


def _proposed(text: str) -> list[str]:
    if text.startswith("Try these:"):
        entries = re.split(r"\n\s*(?:\[apply\]|•)\s*", text)[1:]
    elif match := _ONE.match(text.strip()):
        entries = [match[1]]
    else:
        return []
    return [entry for entry in (_clean(entry) for entry in entries) if entry]


def _clean(entry: str) -> str:
    lines = [line.rstrip() for line in entry.strip().split("\n")]
    # What follows the tactic are remarks ("-- Remaining subgoals"); a comment is no part of a candidate.
    kept = [line for line in lines if not line.lstrip().startswith("--")]
    return one_tactic("\n".join(kept))
