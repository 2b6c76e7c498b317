"""Passes that put a part of the proof in the place of the whole around it."""

from collections.abc import Iterator

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, column
from proofagent.goals.tactics import Block, Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, bullets_after, by_of, tactic_blocks

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
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics[:-1]):
            term = _have(script, tactic)
            if term is None:
                continue
            name, start = term
            uses = [token for token in script.inside(tactic.end, block.end) if token.text == name]
            if len(uses) == 1 and len(script.inside(start, tactic.end)) <= _MOST_TOKENS:
                gone = Edit(tactic.start, block.tactics[index + 1].start)
                text = script.text[start : tactic.end]
                yield from ((gone, Edit(uses[0].start, uses[0].end, new)) for new in (text, f"({text})"))


def _have(script: Script, tactic: Tactic) -> tuple[str, int] | None:
    """The name that a `have` introduces, and where its term begins."""
    words = script.inside(tactic.start, tactic.end)
    if tactic.head != "have" or len(words) < 4 or words[1].kind is not Kind.IDENTIFIER:
        return None
    depth = 0
    for index, word in enumerate(words[:-1]):
        depth += DEPTH.get(word.text, 0)
        if depth == 0 and word.text == ":=":
            return ("this" if words[1].text == ":" else words[1].text), words[index + 1].start
    return None


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
    open_at = list[int]()
    words = script.tokens
    for index, word in enumerate(words):
        if DEPTH.get(word.text, 0) > 0:
            open_at.append(index)
        elif DEPTH.get(word.text, 0) < 0 and open_at:
            first = open_at.pop()
            if words[first].text != "(" or word.text != ")":
                continue
            yield Edit(words[first].start, words[first].end), Edit(word.start, word.end)
            colon = next((each for each in words[first + 1 : index] if each.text == ":"), None)
            if colon is not None:
                yield Edit(words[first].start, words[first].end), Edit(colon.start, word.end)
    for tactic in tactics(script.tree):
        if tactic.head in ("refine", "refine'", "apply"):
            yield (Edit(tactic.start, tactic.start + len(tactic.head), "exact"),)
