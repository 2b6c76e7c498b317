"""Which line of a proof costs what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from proofagent.goals.lexer import Lines, code
from proofagent.score.burden import rungs
from proofagent.score.subject import Subject
from proofagent.score.tokens import free_tokens


@dataclass(frozen=True, slots=True)
class LineCost:
    """A line of the file (from 1): its tokens, and the burden of the tactics that begin on it."""

    line: int
    text: str
    tokens: int
    burden: int
    tactics: tuple[str, ...]


def attribution(subject: Subject, text: str) -> Sequence[LineCost]:
    """The lines of the proofs and helpers of `subject`, a part of the file `text`. Sums are those of the metrics."""
    tokens, burden, places = Counter[int](), Counter[int](), Lines(text)
    heads: dict[int, list[str]] = {}
    for body, tree in zip(subject.bodies, subject.trees, strict=True):
        for start, piece in ((body.stated, body.statement), (body.start, body.text)):
            for token in code(piece):
                tokens[places.place(start + token.start)[0]] += free_tokens(token.text)
        for tactic, place in rungs(tree, body.text):
            line = places.place(body.start + tactic.start)[0]
            burden[line] += place
            heads.setdefault(line, []).append(tactic.head)
    lines = text.split("\n")
    return [
        LineCost(line, lines[line - 1].rstrip("\r"), tokens[line], burden[line], tuple(heads.get(line, ())))
        for line in sorted(tokens)
    ]
