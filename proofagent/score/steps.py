"""What each tactic of a proof costs Lean: its profiler's tree of steps, laid over the tactics of the script.

The tree (`trace.profiler` with `useHeartbeats`) has every step that was dear enough, printed anew by Lean and nested by
indentation, among what the step itself is expanded to. A tactic is found by its first line, without white space, in the
part of the tree that belongs to the tactic around it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from proofagent.goals.lexer import code
from proofagent.goals.tactics import Block, Tactic

_STEP = re.compile(r"^( *)\[(\S+)\] \[(\d+)(?:\.\d+)?\] ?(.*)$")
_ELABORATED = "Elab.step"
_HEADER = "Elab.definition.header"
_CUT = "[...]"
_LEAST = 3
"""Characters: less than so many say nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the tree: how deep it is, what kind it is of, what it cost with all below it, and how it reads."""

    depth: int
    kind: str
    heartbeats: int
    key: str
    cut: bool
    """Whether it has further lines, which Lean leaves out."""


def steps(trace: str) -> list[Step]:
    """The nodes of a trace in its order; lines that are none go on with the one before and say nothing."""
    found = []
    for line in trace.split("\n"):
        if match := _STEP.match(line):
            indent, kind, heartbeats, text = match.groups()
            key = _key(text.removesuffix(_CUT))
            found.append(Step(len(indent), kind, int(heartbeats), key, text.endswith(_CUT)))
    return found


def statement_heartbeats(found: Sequence[Step]) -> int | None:
    """What the statement of the declaration cost; None where it was not worth a node."""
    return next((step.heartbeats for step in found if step.kind == _HEADER), None)


def tactic_heartbeats(found: Sequence[Step], tree: Block, text: str) -> Mapping[int, int]:
    """What tactics of a proof cost, without those that they hold, by where they start in `text`.

    A tactic that is not there was cheaper than what the profiler tells, or reads too differently there.
    """
    return dict(_of_block(found, tree, text, 0, len(found)))


def _of_block(found: Sequence[Step], block: Block, text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    for tactic, following in zip(block.tactics, (*block.tactics[1:], None), strict=True):
        at = _place(found, tactic, following, text, range(start, stop))
        first, last = (start, stop) if at is None else (at + 1, _end(found, at, stop))
        inner = [pair for held in tactic.blocks for pair in _of_block(found, held, text, first, last)]
        if at is not None:
            yield tactic.start, max(0, found[at].heartbeats - sum(cost for _, cost in inner))
            start = last
        yield from inner


def _place(found: Sequence[Step], tactic: Tactic, following: Tactic | None, text: str, places: range) -> int | None:
    """Where the step of a tactic is. A step that begins like it may be that of all its block: the next one is in it."""
    alike = [at for at in places if _is(found[at], tactic, text)]
    if "\n" not in text[tactic.start : tactic.end]:
        return next((at for at in alike if not found[at].cut), None)
    for at in alike:
        inside = range(at + 1, _end(found, at, places.stop))
        if following is None or not any(_is(found[each], following, text) for each in inside):
            return at
    return None


def _is(step: Step, tactic: Tactic, text: str) -> bool:
    """Whether a step reads like a tactic; of one with several lines, one of the two may have more to its first."""
    if step.kind != _ELABORATED:
        return False
    end = text.find("\n", tactic.start, tactic.end)
    key = _key("".join(token.text for token in code(text, tactic.start, tactic.end if end < 0 else end)))
    if end < 0:
        return step.key == key
    return min(len(key), len(step.key)) >= _LEAST and (step.key.startswith(key) or key.startswith(step.key))


def _end(found: Sequence[Step], at: int, stop: int) -> int:
    """Where the nodes below one end."""
    return next((later for later in range(at + 1, stop) if found[later].depth <= found[at].depth), stop)


def _key(text: str) -> str:
    return "".join(text.split()).replace("↦", "=>")
