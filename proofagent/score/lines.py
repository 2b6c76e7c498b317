"""Which line of a proof costs what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from proofagent.goals.lexer import Lines, code
from proofagent.score.burden import rungs
from proofagent.score.steps import statement_heartbeats, steps, tactic_heartbeats
from proofagent.score.subject import Subject
from proofagent.score.tokens import free_tokens

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LineCost:
    """A line of the file (from 1): its tokens, and burden and heartbeats of the tactics that begin on it.

    Heartbeats, of Lean's elaborator, are those of the tactic without the tactics that it holds; None where the profiler
    tells none, because nobody asked or because all of the line is cheap.
    """

    line: int
    text: str
    tokens: int
    burden: int
    tactics: tuple[str, ...]
    heartbeats: int | None = None


def attribution(subject: Subject, text: str, traces: Mapping[str, str] = NOTHING) -> Sequence[LineCost]:
    """The lines of the proofs and helpers of `subject`, a part of the file `text`. Sums are those of the metrics.

    `traces` are what Lean's profiler tells of declarations, by name (`score.steps`).
    """
    tokens, burden, beats, places = Counter[int](), Counter[int](), Counter[int](), Lines(text)
    heads: dict[int, list[str]] = {}
    for body, tree in zip(subject.bodies, subject.trees, strict=True):
        for start, piece in ((body.stated, body.statement), (body.start, body.text)):
            for token in code(piece):
                tokens[places.place(start + token.start)[0]] += free_tokens(token.text)
        for tactic, place in rungs(tree, body.text):
            line = places.place(body.start + tactic.start)[0]
            burden[line] += place
            heads.setdefault(line, []).append(tactic.head)
        told = steps(traces.get(body.origin, ""))
        for start, cost in tactic_heartbeats(told, tree, body.text).items():
            beats[places.place(body.start + start)[0]] += cost
        if (header := statement_heartbeats(told)) is not None:
            beats[places.place(body.stated)[0]] += header
    lines = text.split("\n")
    return [
        LineCost(
            line,
            lines[line - 1].rstrip("\r"),
            tokens[line],
            burden[line],
            tuple(heads.get(line, ())),
            beats.get(line),
        )
        for line in sorted(tokens)
    ]
