"""Kinds of failure: what Lean says to a tactic, and how a goal ends that is not proved, in a few words each."""

import re
from typing import get_args

from proofagent.runs.results import GoalResult
from proofagent.search.settings import End

_KINDS: tuple[tuple[str, str], ...] = (
    ("crashed Lean", r"the Lean process (?:died|was lost)|memory limit"),
    ("took too long", r"takes too long|the deadline passed|maximum number of heartbeats|\(deterministic\) timeout"),
    ("recursed too deep", r"maximum recursion depth|deep recursion"),
    ("is a repetition", r"leaves the same as|changes nothing|makes? no progress|made no progress"),
    ("uses a forbidden word", r"forbidden|is not permitted|may not be used"),
    (
        "uses an unknown name",
        r"[Uu]nknown (?:identifier|constant|namespace|module|attribute|free variable)|Invalid field",
    ),
    (
        "is not Lean",
        r"unknown tactic|unexpected (?:token|end of input|identifier)|expected (?:command|term)|elaboration function",
    ),
    ("leaves goals behind", r"unsolved goals"),
    ("lacks an instance", r"failed to synthesize"),
    (
        "does not unify",
        r"could not unify|[Tt]ype mismatch|did not find|motive is not type correct|not definitionally equal",
    ),
    (
        "gave up as an automation",
        r"`?(?:grind|omega|linarith|decide|aesop|exact\?|apply\?|norm_num)`? failed|could not (?:prove|close) the goal",
    ),
    ("does not apply", r"Tactic `?\w+[?!]?`? failed|failed|error|Invalid|cannot|Cannot|not applicable"),
)
_READ = tuple((name, re.compile(pattern)) for name, pattern in _KINDS)

UNREAD = "fails"
"""What is said of a tactic of which only that it fails was looked at."""

_ENDS: dict[End, str] = {
    "complete": "a script looked complete, and the gate did not accept it",
    "exhausted": "nothing was left to try",
    "out-of-time": "the time was up",
    "out-of-candidates": "the candidates were used up",
}
assert _ENDS.keys() == set(get_args(End))


def failure_kind(reason: str) -> str:
    """The kind of what Lean said to a tactic; the first that fits counts."""
    if reason == UNREAD:
        return "fails at a glance"
    return next((name for name, pattern in _READ if pattern.search(reason)), "fails otherwise")


def ending_kind(result: GoalResult) -> str:
    """Why a goal is not proved; empty where it is."""
    match result.outcome:
        case "proved":
            return ""
        case "refuted":
            return "it is false"
        case "error":
            return "Lean refuses the statement"
        case "partial":
            return "another hole of its declaration is open"
        case "undecided":
            return "the environment failed"
        case _:
            return next((said for end, said in _ENDS.items() if end == result.end), "it was never begun")
