"""What several passes read off a script: what a `have` says, where a name is used, what stands between brackets."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token, column
from proofagent.goals.tactics import Block, Tactic
from proofagent.minimize.edits import Edit, Edits, moved
from proofagent.minimize.passes.base import Script, is_bullet, removed, tactic_blocks

Span = tuple[int, int]
"""Offsets of a piece of text."""


@dataclass(frozen=True, slots=True)
class Have:
    """`have name : type := term`; a `have` without a name is called `this`, as Lean calls it."""

    name: str
    type: Span | None
    term: Span
    head: int
    """Where `have` and the name end."""
    has_parameters: bool = False


Member = tuple[Block, int, Have]
"""A `have` with its block and its place there."""


def have_of(script: Script, tactic: Tactic) -> Have | None:
    """What a `have` says; None where a tactic is no `have`, takes something apart, or has no `:=`."""
    words = script.inside(tactic.start, tactic.end)
    if tactic.head != "have" or len(words) < 3:
        return None
    named = words[1].kind is Kind.IDENTIFIER
    if not named and words[1].text not in (":", ":="):
        return None
    depth, colon = 0, 0
    for index, word in enumerate(words[:-1]):
        depth += DEPTH.get(word.text, 0)
        if depth == 0 and word.text == ":" and not colon:
            colon = index
        elif depth == 0 and word.text == ":=":
            stated = (words[colon + 1].start, words[index - 1].end) if colon else None
            parameters = (colon or index) > (2 if named else 1)
            name = words[1].text if named else "this"
            return Have(name, stated, (words[index + 1].start, tactic.end), words[named].end, parameters)
    return None


def haves(script: Script) -> Iterator[Member]:
    """Every `have` that is not the last of its block."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics[:-1]):
            if (have := have_of(script, tactic)) is not None:
                yield block, index, have


class Uses:
    """Where the names of a script occur, alone or before a dot."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._found: dict[str, list[Token]] = {}
        for token in script.tokens:
            if token.kind is Kind.IDENTIFIER:
                self._found.setdefault(token.text.split(".")[0], []).append(token)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def of(self, name: str, start: int, end: int) -> Sequence[Token]:
        """The tokens of ``text[start:end]`` that begin with a name."""
        found = self._found.get(name, [])
        first, last = (bisect_left(found, at, key=lambda token: token.start) for at in (start, end))
        return found[first:last]

    def renamed(self, name: str, new: str, start: int, end: int) -> Edits:
        """The edits that put `new` where a name stands in ``text[start:end]``."""
        found = self.of(name, start, end)
        return tuple(Edit(token.start, token.start + len(name), new) for token in found) if name != new else ()

    def fresh(self, *wanted: str) -> str:
        """The first of the wanted names that does not occur, or a variant of the last one."""
        for name in wanted:
            if name not in self and name not in self._script.binders:
                return name
        number = next(n for n in range(1, len(self._found) + 2) if f"{wanted[-1]}{n}" not in self)
        return f"{wanted[-1]}{number}"


def key(script: Script, start: int, end: int) -> tuple[str, ...]:
    """A piece of text without blanks and comments: equal for what reads the same."""
    return tuple(token.text for token in script.inside(start, end))


def rows(script: Script, block: Block, pieces: Sequence[str], indent: int = 0) -> str:
    """Tactics one below the other in the column of a block, which the first is taken to stand in already."""
    return ("\n" + " " * (column(script.text, block.start) + indent)).join(pieces)


def at_column(script: Script, block: Block, part: Block | Tactic, indent: int = 0) -> str:
    """The text of a part, as it would stand in the column of a block."""
    return script.moved(part, column(script.text, block.start) + indent)


def for_all(script: Script, block: Block, parts: Sequence[Tactic]) -> str:
    """`<;>` and tactics behind it; several stand in brackets, below each other on lines of their own."""
    if len(parts) == 1:
        return f" <;> {at_column(script, block, parts[0], len('  '))}"
    indent = len("  (")
    lines = [at_column(script, block, part, indent) for part in parts]
    return f" <;>{rows(script, block, ['', ''], len('  '))}({rows(script, block, lines, indent)})"


def before(script: Script, block: Block, index: int, text: str) -> Edit:
    """The edit that puts one more tactic before the one at `index`."""
    start = block.tactics[index].start
    return Edit(start, start, rows(script, block, [text, ""]))


def holder(blocks: Sequence[Block], start: int, end: int) -> tuple[Block, int] | None:
    """Where a fact may be stated for all of ``text[start:end]``: a block, and the index of the tactic to follow it.

    The block is the innermost of some; bullets, and the tactic whose branches they are, stay together.
    """
    around = [block for block in blocks if block.start <= start and end <= block.end]
    if not around:
        return None
    block = min(around, key=lambda each: each.end - each.start)
    starts = [tactic.start for tactic in block.tactics]
    index = max(0, bisect_left(starts, start + 1) - 1)
    while index and is_bullet(block.tactics[index]):
        index -= 1
    return block, index


def without(script: Script, block: Block, index: int) -> Edit:
    """The edit that takes out one tactic, which is not the last of its block."""
    return removed(script, block, index, index + 1)


def outermost(edits: Sequence[Edit]) -> Edits:
    """Edits without those of text that another one of them takes out."""
    kept = list[Edit]()
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end or kept[-1].start == kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def closing(words: Sequence[Token], opening: int) -> tuple[int | None, list[int]]:
    """Where the bracket closes that opens at an index, and where commas stand in it, not deeper."""
    depth, commas = 0, list[int]()
    for index in range(opening, len(words)):
        depth += DEPTH.get(words[index].text, 0)
        if depth == 0:
            return index, commas
        if depth == 1 and words[index].text == ",":
            commas.append(index)
    return None, commas


def brackets(words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where each pair of brackets opens and closes, in the order of their ends; what closes nothing is passed over."""
    open_at = list[int]()
    for index, word in enumerate(words):
        depth = DEPTH.get(word.text, 0)
        if depth > 0:
            open_at.append(index)
        elif depth < 0 and open_at:
            yield open_at.pop(), index


def items(words: Sequence[Token], opening: int) -> tuple[list[Sequence[Token]], int] | None:
    """What stands between the commas of the bracket that opens at an index, and where it closes; None if empty."""
    end, commas = closing(words, opening)
    if end is None or end == opening + 1:
        return None
    edges = [opening, *commas, end]
    found = [words[first + 1 : last] for first, last in pairwise(edges)]
    return (found, end) if all(found) else None


def text_of(script: Script, words: Sequence[Token]) -> str:
    """The text from the first of some tokens to the last."""
    return script.text[words[0].start : words[-1].end] if words else ""


def bracketed(term: str) -> str:
    """A term as an argument."""
    return term if " " not in term or (term[0] in "⟨[" and term[-1] in "⟩]") else f"({term})"


def shifted(script: Script, span: Span, to: int) -> str:
    """A piece of text, its further lines moved as if it began in column `to`."""
    return moved(script.text[span[0] : span[1]], to - column(script.text, span[0]))
