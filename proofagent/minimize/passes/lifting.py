"""Passes that put a part of the proof in the place of the whole around it."""

from collections.abc import Iterator

from proofagent.goals.lexer import column
from proofagent.goals.tactics import Block, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, bullets_after, by_of, tactic_blocks
from proofagent.minimize.passes.reading import brackets, haves

_MOST_TOKENS = 60
"""A longer term is not put where a name stood: it would be no gain but for the typing."""


def hoist_blocks(script: Script) -> Iterator[Edits]:
    """A tactic that holds blocks becomes one of these; so does a detour: a split, and the bullets that follow it."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics):
            stop = bullets_after(block, index)
            inner = [held for each in block.tactics[index:stop] for held in each.blocks]
            to = column(script.text, tactic.start)
            for part in inner:
                for last in {stop, len(block.tactics)}:
                    yield (Edit(tactic.start, block.tactics[last - 1].end, script.moved(part, to)),)


def inline_haves(script: Script) -> Iterator[Edits]:
    """`have h : P := t` goes, and its term stands where the name stood, if that is once."""
    for block, index, have in haves(script):
        tactic = block.tactics[index]
        if have.head == tactic.start + len("have"):
            continue  # it has no name
        uses = [token for token in script.inside(tactic.end, block.end) if token.text == have.name]
        if len(uses) == 1 and len(script.inside(*have.term)) <= _MOST_TOKENS:
            gone = Edit(tactic.start, block.tactics[index + 1].start)
            text = script.text[slice(*have.term)]
            yield from ((gone, Edit(uses[0].start, uses[0].end, new)) for new in (text, f"({text})"))


def terms(script: Script) -> Iterator[Edits]:
    """`by exact t` becomes `t`; `by intro x; exact t` becomes `fun x => t`; a lone bullet becomes its content."""
    for block in tactic_blocks(script):
        at = by_of(script, block)
        last = block.tactics[-1]
        if at is None or last.head != "exact":
            continue
        words = script.inside(last.start, last.end)
        if len(words) < 2:
            continue
        term = script.text[words[1].start : last.end]
        if len(block.tactics) == 1:
            yield (Edit(at, block.end, term),)
            yield (Edit(at, block.end, f"({term})"),)
        elif (names := _introduced(script, block)) is not None:
            yield (Edit(at, block.end, f"fun {names} => {term}"),)
            yield (Edit(at, block.end, f"(fun {names} => {term})"),)


def _introduced(script: Script, block: Block) -> str | None:
    """The names of the `intro`s that are all but the last tactic of a block."""
    before = block.tactics[:-1]
    if any(tactic.head != "intro" for tactic in before):
        return None
    words = [word for tactic in before for word in script.inside(tactic.start, tactic.end)[1:]]
    return " ".join(script.text[word.start : word.end] for word in words) if words else None


def unbracket(script: Script) -> Iterator[Edits]:
    """Brackets go, and with a type ascription its type."""
    words = script.tokens
    for first, index in brackets(words):
        word = words[index]
        if words[first].text != "(" or word.text != ")":
            continue
        yield Edit(words[first].start, words[first].end), Edit(word.start, word.end)
        colon = next((each for each in words[first + 1 : index] if each.text == ":"), None)
        if colon is not None:
            yield Edit(words[first].start, words[first].end), Edit(colon.start, word.end)
    for tactic in tactics(script.tree):
        if tactic.head in ("refine", "refine'", "apply"):
            yield (Edit(tactic.start, tactic.start + len(tactic.head), "exact"),)
