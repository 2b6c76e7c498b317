"""Passes that state a fact of its own for what a proof shows several times, and ones that put short terms back.

Facts are local `have`s: a lemma of the file that is put in, or taken out, would only make the proof longer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token, column
from proofagent.goals.tactics import tactics
from proofagent.minimize.edits import Edit, Edits, moved
from proofagent.minimize.passes.base import Script, tactic_blocks
from proofagent.minimize.passes.reading import (
    Have,
    Member,
    Span,
    Uses,
    before,
    bracketed,
    brackets,
    closing,
    have_of,
    haves,
    holder,
    key,
    outermost,
    shifted,
    without,
)

_MOST_GROUPS = 32
"""Of so many repeated things each is proposed, those that save most first."""
_SHORT = 3
"""A term of so many tokens may be put in several places."""
_MOST_TOKENS = 400
_MOST_VARIABLES = 2
_MOST_ALIKE = 12
_TAKING = frozenset(["exact", "apply", "refine", "rfl"])
_VARIABLES = ("x", "y", "z", "u", "v", "w")


def share_terms(script: Script) -> Iterator[Edits]:
    """A term that stands in several places becomes a `have` before the first of them."""
    uses, blocks = Uses(script), list(tactic_blocks(script))
    found: dict[tuple[str, ...], list[tuple[Span, Span]]] = {}
    for inner, outer in _terms(script):
        found.setdefault(key(script, *inner), []).append((inner, outer))
    groups = sorted((group for group in found.values() if len(group) > 1), key=lambda group: -_weight(group))
    name = uses.fresh("this", "key")
    for group in groups[:_MOST_GROUPS]:
        places = sorted(group)
        texts = key(script, *places[0][0])
        if texts[0] == "?" or (texts[0] == "by" and ":" not in texts):
            # A hole is no term, and what tactics prove is known only where they stand.
            continue
        where = holder(blocks, places[0][1][0], places[-1][1][1])
        if where is None:
            continue
        said = _stated(script, places[0][0])
        stated = f"have{said}" if name == "this" else f"have {name}{said}"
        yield before(script, *where, stated), *(Edit(*outer, name) for _, outer in places)


def _stated(script: Script, span: Span) -> str:
    """What stands behind the name of a `have` of a term, which may have a type."""
    depth = 0
    for word in script.inside(*span):
        depth += DEPTH.get(word.text, 0)
        if depth == 0 and word.text in ("fun", "show", "∀", "∃"):
            break
        if depth == 0 and word.text == ":":
            return f" : {script.text[word.end : span[1]].strip()} := {script.text[span[0] : word.start].rstrip()}"
    return f" := {script.text[slice(*span)]}"


def _weight(group: Sequence[tuple[Span, Span]]) -> int:
    (start, end), _ = group[0]
    return (len(group) - 1) * (end - start)


def _terms(script: Script) -> Iterator[tuple[Span, Span]]:
    """Terms of two tokens and more, each with what would be replaced: its brackets belong to that."""
    words = script.tokens
    for first, index in brackets(words):
        word = words[index]
        if index - first > _MOST_TOKENS:
            continue
        if word.text == ")" and index - first > 2:
            yield (words[first + 1].start, words[index - 1].end), (words[first].start, word.end)
        elif word.text in ("⟩", "]"):
            yield from _listed(words, first)
    for tactic in tactics(script.tree):
        have = have_of(script, tactic)
        start = have.term[0] if have else None
        if tactic.head in _TAKING:
            start = next((word.start for word in script.inside(tactic.start, tactic.end)[1:2]), None)
        if start is not None and 1 < len(script.inside(start, tactic.end)) <= _MOST_TOKENS:
            yield ((start, tactic.end),) * 2


def _listed(words: Sequence[Token], opening: int) -> Iterator[tuple[Span, Span]]:
    """The items of a list that are longer than a token."""
    end, commas = closing(words, opening)
    edges = [opening, *commas, end or opening]
    for first, last in pairwise(edges):
        if last - first > 2:
            yield ((words[first + 1].start, words[last - 1].end),) * 2


@dataclass(frozen=True, slots=True)
class _Alike:
    """`have`s that differ in a few names or numbers only."""

    members: tuple[Member, ...]
    values: tuple[tuple[str, ...], ...]
    """What stands for the variables in each member."""
    edits: tuple[tuple[int, int], ...]
    """The tokens of the first member that are variables: which, counted from its type, and which variable."""


def local_lemmas(script: Script) -> Iterator[Edits]:
    """`have`s that are equal but for a name or a number become one for all of these, and uses of it."""
    uses, blocks = Uses(script), list(tactic_blocks(script))
    name = uses.fresh("key")
    for alike in _all_alike(script):
        block, index, have = alike.members[0]
        last, number, _ = alike.members[-1]
        where = holder(blocks, block.tactics[index].start, last.tactics[number].end)
        if where is None or have.type is None:
            continue
        tokens = _said(script, have)
        variables = [word for word in _VARIABLES if word not in uses][: len(alike.values[0])]
        if len(variables) < len(alike.values[0]):
            continue
        new = {tokens[at].start: (tokens[at], variables[which]) for at, which in alike.edits}
        stated = f"have {name} {' '.join(variables)} : {_replaced(script, have.type, new)} := "
        stated += _replaced(script, have.term, new)
        by = column(script.text, where[0].start) - column(script.text, block.tactics[index].start)
        first = before(script, *where, moved(stated, by))
        calls = [" ".join([name, *map(bracketed, values)]) for values in alike.values]
        called = zip(alike.members, calls, strict=True)
        yield first, *(Edit(each.head, each.term[1], f" := {call}") for (_, _, each), call in called)
        direct = list[Edit]()
        for (inside, at, each), call in zip(alike.members, calls, strict=True):
            scope = inside.tactics[at].end, inside.end
            direct += [without(script, inside, at), *uses.renamed(each.name, f"({call})", *scope)]
        yield first, *outermost(direct)


def _said(script: Script, have: Have) -> list[Token]:
    assert have.type is not None, "only what states something is compared"
    return [*script.inside(*have.type), *script.inside(*have.term)]


def _replaced(script: Script, span: Span, new: dict[int, tuple[Token, str]]) -> str:
    pieces, at = list[str](), span[0]
    for start in sorted(start for start in new if span[0] <= start < span[1]):
        token, text = new[start]
        pieces += [script.text[at:start], text]
        at = token.end
    return "".join([*pieces, script.text[at : span[1]]])


def _all_alike(script: Script) -> Iterator[_Alike]:
    """Groups of `have`s that differ in few tokens; of many of one length only some are compared."""
    buckets: dict[tuple[int, int], list[Member]] = {}
    for block, index, have in haves(script):
        if have.type is not None and not have.has_parameters:
            size = len(script.inside(*have.type)), len(script.inside(*have.term))
            if sum(size) <= _MOST_TOKENS:
                buckets.setdefault(size, []).append((block, index, have))
    for bucket in [bucket for bucket in buckets.values() if len(bucket) > 1][:_MOST_GROUPS]:
        rest = bucket[:_MOST_ALIKE]
        while len(rest) > 1:
            group = _alike(script, rest)
            if group is not None:
                yield group
            taken = {id(each) for each in group.members} if group else set()
            rest = [each for each in rest[1:] if id(each) not in taken]


def _alike(script: Script, members: Sequence[Member]) -> _Alike | None:
    """Those members that are the first one with other names in a few places."""
    said = [_said(script, have) for _, _, have in members]
    chosen, values = [0], dict[int, tuple[str, ...]]()
    for number in range(1, len(members)):
        wider = _differing(said, [*chosen, number])
        if wider is not None:
            chosen, values = [*chosen, number], wider
    variables = list(dict.fromkeys(values.values()))
    if len(chosen) < 2 or not variables:
        return None
    edits = tuple((at, variables.index(texts)) for at, texts in values.items())
    return _Alike(tuple(members[each] for each in chosen), tuple(zip(*variables, strict=True)), edits)


def _differing(said: Sequence[Sequence[Token]], chosen: Sequence[int]) -> dict[int, tuple[str, ...]] | None:
    """Where some token lists differ, and what stands there in each; None where that takes too many variables."""
    found = dict[int, tuple[str, ...]]()
    for at, tokens in enumerate(zip(*(said[each] for each in chosen), strict=True)):
        texts = tuple(token.text for token in tokens)
        if len(set(texts)) == 1:
            continue
        if any(token.kind not in (Kind.IDENTIFIER, Kind.NUMBER) for token in tokens):
            return None
        found[at] = texts
    return found if 0 < len(set(found.values())) <= _MOST_VARIABLES else None


def inline_short(script: Script) -> Iterator[Edits]:
    """`have h := t` with a short term goes, and the term stands wherever the name stood."""
    uses = Uses(script)
    for block, index, have in haves(script):
        size = len(script.inside(*have.term))
        if size > _SHORT or have.has_parameters:
            continue
        tactic = block.tactics[index]
        found = uses.of(have.name, tactic.end, block.end)
        # What one token more or less costs is known: a term, and brackets where it is longer than one.
        if len(found) < 2 or len(found) * (size - 1) >= len(script.inside(tactic.start, tactic.end)):
            continue
        term = shifted(script, have.term, 0)
        for new in {term, bracketed(term)}:
            renames = uses.renamed(have.name, new, tactic.end, block.end)
            yield without(script, block, index), *renames
