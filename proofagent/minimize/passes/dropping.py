"""Passes that leave something out."""

from collections.abc import Iterator, Sequence

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token
from proofagent.goals.tactics import Block, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, removed, tactic_blocks
from proofagent.minimize.passes.reading import closing

_LISTING = frozenset(["simp", "simp_all", "simpa", "rw", "rewrite", "grind", "simp_arith", "dsimp", "rwa", "erw"])


def drop_runs(script: Script) -> Iterator[Edits]:
    """Tactics one after the other: half of a block, a quarter, and so on down to each one."""
    for block in tactic_blocks(script):
        count = len(block.tactics)
        size = count - 1 if count < 8 else count // 2
        while size > 0:
            step = 1 if count < 8 else max(1, size // 2)
            for first in range(0, count - size + 1, step):
                yield (removed(script, block, first, first + size),)
            size = size - 1 if count < 8 else size // 2


def drop_locals(script: Script) -> Iterator[Edits]:
    """Every `have` of a block whose name does not occur behind it, all at once."""
    for block in tactic_blocks(script):
        unused = [index for index in range(len(block.tactics) - 1) if _is_unused(script, block, index)]
        if len(unused) > 1:
            yield tuple(removed(script, block, index, index + 1) for index in unused)


def _is_unused(script: Script, block: Block, index: int) -> bool:
    tactic = block.tactics[index]
    words = script.inside(tactic.start, tactic.end)
    if tactic.head not in ("have", "let", "letI", "haveI") or len(words) < 2 or words[1].kind is not Kind.IDENTIFIER:
        return False
    return all(token.text.split(".")[0] != words[1].text for token in script.inside(tactic.end, block.end))


def drop_arguments(script: Script) -> Iterator[Edits]:
    """The arguments in the brackets of `simp` and its like: all, a half, each one."""
    for tactic in tactics(script.tree):
        if tactic.head not in _LISTING:
            continue
        words = script.inside(tactic.start, tactic.end)
        opening = next((index for index, word in enumerate(words) if word.text == "["), None)
        if opening is None or any(block.start <= words[opening].start < block.end for block in tactic.blocks):
            continue
        end, commas = closing(words, opening)
        if end is None:
            continue
        yield (Edit(words[opening - 1].end, words[end].end),)
        edges = [words[opening].start, *(words[comma].start for comma in commas), words[end].start]
        yield from _without(edges)


def _without(edges: Sequence[int]) -> Iterator[Edits]:
    """A list without half of its items, or without one; `edges` are where its bracket, commas and bracket stand."""
    count = len(edges) - 1
    for size in (count // 2, 1):
        if not 0 < size < count:
            continue
        for first in range(0, count - size + 1, size):
            last = first + size
            # Of the two commas around, the one behind goes, but for the last item, which has only one before it.
            yield (Edit(edges[first] + (first == 0), edges[last] + (first == 0)),)


def drop_clauses(script: Script) -> Iterator[Edits]:
    """`only`, and what stands behind `at`, `using`, `with`, or between a name and `:=`."""
    for tactic in tactics(script.tree):
        words = script.inside(tactic.start, tactic.end)
        depth = 0
        for index, word in enumerate(words):
            depth += DEPTH.get(word.text, 0)
            if depth or not index:
                continue
            if word.text == "only":
                yield (Edit(words[index - 1].end, word.end),)
            elif word.text in ("at", "using", "with", "from", "generalizing"):
                yield (Edit(words[index - 1].end, tactic.end),)
            elif word.text == ":" and tactic.head in ("have", "let", "obtain"):
                yield from _untyped(words, index)
                break


def _untyped(words: Sequence[Token], colon: int) -> Iterator[Edits]:
    depth = 0
    for word in words[colon:]:
        depth += DEPTH.get(word.text, 0)
        if depth == 0 and word.text == ":=":
            yield (Edit(words[colon - 1].end, word.start, " "),)
            return
