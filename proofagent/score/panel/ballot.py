"""One question to a judge: which of two proofs is better by one rubric, in one order; and what the answer says.

A judge that is asked in both orders casts a vote: what it says both times, or a tie that is marked as depending on the
order. Judges prefer a place often enough for that to matter (https://arxiv.org/abs/2306.05685, section 3.3).
"""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Template
from typing import Literal, get_args

from pydantic import JsonValue

from proofagent.llm.chat import Message, Prompt

Choice = Literal["A", "B", "tie"]
"""What a judge answers: the proof in that place, or neither."""
Preference = Literal["first", "second", "tie"]
"""The same about proofs, whatever their place."""


class Rubric(StrEnum):
    """A criterion; its text is the file of its name in `rubrics`."""

    READABILITY = "readability"
    IDIOM = "idiom"
    DIRECTNESS = "directness"
    GENERALITY = "generality"
    NAMING = "naming"


SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["A", "B", "tie"]}},
    "required": ["verdict"],
    "additionalProperties": False,
}
LONGEST_ANSWER = 1 << 16
"""In characters; whoever writes more has not answered."""

_LONGEST_OBJECT = 1000
_PLAIN = re.compile(r"(?:verdict: ?)?(A|B|tie)", re.ASCII)
_SECTION = re.compile(r"^# (system|user)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two proofs as they are shown, in canonical form: the one called A and the one called B."""

    theorem: str
    a: str
    b: str

    @property
    def swapped(self) -> "Pair":
        return Pair(self.theorem, self.b, self.a)


def question(pair: Pair, rubric: Rubric) -> Prompt:
    """The prompt that asks which proof of `pair` is better. Equal pairs, equal prompts."""
    # A text that ended its block early would have to hold the hash of a text that holds it.
    digest = hashlib.sha256(json.dumps([pair.theorem, pair.a, pair.b]).encode()).hexdigest()[:16]
    values = {
        "rubric": _text(f"{rubric}.md").strip(),
        "mark": f"=== {digest}",
        "theorem": pair.theorem,
        "first": pair.a,
        "second": pair.b,
    }
    system, user = (Template(part).substitute(values).strip() for part in _frame())
    return Prompt((Message("system", system), Message("user", user)), SCHEMA)


@cache
def _text(name: str) -> str:
    return files("proofagent.score.panel").joinpath(f"rubrics/{name}").read_text("utf-8")


@cache
def _frame() -> tuple[str, str]:
    _, _, system, _, user = _SECTION.split(_text("frame.md"))
    return system, user


def read_choice(text: str) -> Choice | None:
    """What an answer says; None, an abstention, where it does not say exactly one thing.

    The answer is the JSON object that was asked for, or its last line is: such an object, or `A`, `B` or `tie`, with
    `verdict:` in front or without. A line further up that says something else makes it none.
    """
    if len(text) > LONGEST_ANSWER:
        return None
    if text.lstrip().startswith("{"):
        whole = _object(text)
        if whole is not None:
            return whole
    lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("```")]
    said = [_line(line) for line in lines]
    if not said or said[-1] is None or len(set(said) - {None}) > 1:
        return None
    return said[-1]


def _line(line: str) -> Choice | None:
    if line.startswith("{"):
        return _object(line)
    plain = _PLAIN.fullmatch(line)
    return _choice(plain[1]) if plain else None


def _object(text: str) -> Choice | None:
    """The choice of a JSON object with that and nothing else in it."""
    if len(text) > _LONGEST_OBJECT:
        return None
    try:
        pairs = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return None
    # As pairs, because an object may name a key twice and means whatever its reader takes.
    match pairs:
        case (("verdict", str(said)),):
            return _choice(said)
        case _:
            return None


def _choice(said: str) -> Choice | None:
    return next((choice for choice in get_args(Choice) if choice == said), None)


@dataclass(frozen=True, slots=True)
class Vote:
    """What one judge says of two proofs, asked in both orders. None is an abstention."""

    preference: Preference | None
    order_dependent: bool = False
    """Whether the answers differ with the order; the vote is a tie then."""


def preferred(choice: Choice | None, *, swapped: bool) -> Preference | None:
    """The proof that a choice names, where the first one stands in place B if `swapped`."""
    if choice is None or choice == "tie":
        return choice
    return "first" if (choice == "A") != swapped else "second"


def vote(straight: Choice | None, swapped: Choice | None) -> Vote:
    """The vote of a judge that chose `straight` with the first proof as A, and `swapped` with it as B."""
    one, other = preferred(straight, swapped=False), preferred(swapped, swapped=True)
    if one is None or other is None:
        return Vote(None)
    return Vote(one) if one == other else Vote("tie", order_dependent=True)
