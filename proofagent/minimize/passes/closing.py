"""Passes that put one closing tactic, or one name, in the place of much text."""

from collections.abc import Iterator

from proofagent.goals.tactics import Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import CLOSERS, Script, bullets_after, by_of, tactic_blocks

_TAILS = 24
"""Of so many tactics at the end of a block each may begin a tail; before these it is a quarter of the rest."""


def close_tails(script: Script) -> Iterator[Edits]:
    """The last tactics of every block, all of them first, become one closing tactic."""
    names = script.names()
    for block in tactic_blocks(script):
        for first in _beginnings(len(block.tactics)):
            start = block.tactics[first].start
            for closer in CLOSERS:
                yield (Edit(start, block.end, closer),)
            for name in names:
                yield (Edit(start, block.end, f"exact {name}"),)


def _beginnings(count: int) -> Iterator[int]:
    """Where tails of a block begin: of a long one not everywhere, as each is tried."""
    at = 0
    while count - at > _TAILS:
        yield at
        at += (count - at) // 4
    yield from range(at, count)


def close_terms(script: Script) -> Iterator[Edits]:
    """A whole `by` block becomes `rfl` or the name of a hypothesis; so does a proof that is a term."""
    terms = ("rfl", *script.names())
    tree = script.tree
    if tree.opener == "term":
        yield from ((Edit(tree.start, tree.end, term),) for term in terms)
        yield from ((Edit(tree.start, tree.end, f"by {closer}"),) for closer in CLOSERS)
    for block in tactic_blocks(script):
        if (at := by_of(script, block)) is not None:
            yield from ((Edit(at, block.end, term),) for term in terms)


def close_branches(script: Script) -> Iterator[Edits]:
    """All cases of a tactic are closed by the same one, whether they are bullets or stand behind `with`."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics):
            stop = bullets_after(block, index)
            if stop > index + 1:
                end = block.tactics[stop - 1].end
                yield from ((Edit(tactic.end, end, f" <;> {closer}"),) for closer in CLOSERS)
    for tactic in tactics(script.tree):
        if tactic.blocks and (head := _before_cases(script, tactic)) is not None:
            yield from ((Edit(head, tactic.end, f" <;> {closer}"),) for closer in CLOSERS)


def _before_cases(script: Script, tactic: Tactic) -> int | None:
    """Where the head of `cases x with …` or `induction x with …` ends."""
    if tactic.head not in ("cases", "induction", "fun_induction", "fun_cases"):
        return None
    words = script.inside(tactic.start, tactic.blocks[0].start)
    return next((words[i - 1].end for i, word in enumerate(words) if i and word.text == "with"), None)
