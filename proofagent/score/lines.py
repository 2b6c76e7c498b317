"""Which line of a proof costs what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from proofagent.goals.lexer import code, line_and_column
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
    tokens, burden = Counter[int](), Counter[int]()
    heads: dict[int, list[str]] = {}
    for body, tree in zip(subject.bodies, subject.trees, strict=True):
        for start, piece in ((body.stated, body.statement), (body.start, body.text)):
            for token in code(piece):
                tokens[_line(text, start + token.start)] += free_tokens(token.text)
        for tactic, place in rungs(tree, body.text):
            line = _line(text, body.start + tactic.start)
            burden[line] += place
            heads.setdefault(line, []).append(tactic.head)
    lines = text.split("\n")
    return [
        LineCost(line, lines[line - 1].rstrip("\r"), tokens[line], burden[line], tuple(heads.get(line, ())))
        for line in sorted(tokens)
    ]


def _line(text: str, offset: int) -> int:
    return line_and_column(text, offset)[0]
