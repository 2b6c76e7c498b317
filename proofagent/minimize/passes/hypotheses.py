"""Passes that spare names: of hypotheses that nobody uses, or that a projection or `this` would name as well."""

from collections.abc import Iterator, Sequence

from proofagent.goals.lexer import Kind, Token
from proofagent.goals.tactics import Block, Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, tactic_blocks
from proofagent.minimize.passes.reading import Span, Uses, closing, have_of, items, outermost, text_of, without

_MOST_USES = 40
_TAKING_APART = frozenset(["obtain", "rcases", "rintro", "intro", "have", "let"])


def _pattern(words: Sequence[Token]) -> tuple[int, int] | None:
    """Where the pattern of a tactic stands among its words, and where it ends."""
    texts = [word.text for word in words]
    head = texts[0]
    if head in ("rintro", "intro"):
        return (1, len(texts)) if len(texts) > 1 else None
    if head == "rcases":
        return (texts.index("with") + 1, len(texts)) if "with" in texts[:-1] else None
    end = texts.index(":=") if ":=" in texts else 0
    return (1, end) if (end > 1 and texts[1] in ("⟨", "(")) or (head == "obtain" and end > 1) else None


def _patterns(script: Script) -> Iterator[tuple[Block, int, list[Token], tuple[int, int]]]:
    """Every tactic that names what it takes apart: its block and index, its words, its pattern among these."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics[:-1]):
            if tactic.head in _TAKING_APART:
                words = script.inside(tactic.start, tactic.end)
                where = _pattern(words)
                if where is not None:
                    yield block, index, words, where


def _is_free(uses: Uses, word: Token, scope: Span) -> bool:
    """Whether a word of a pattern names nothing that is used in a scope."""
    if word.text in ("_", "-"):
        return True
    return word.kind is Kind.IDENTIFIER and word.text not in ("rfl", "this") and not uses.of(word.text, *scope)


def unnamed_ends(script: Script) -> Iterator[Edits]:
    """`⟨a, b, c⟩` becomes `⟨a, _⟩` where `b` and `c` are not used; `intro a b` becomes `intros` where none is."""
    uses = Uses(script)
    for block, index, words, (first, last) in _patterns(script):
        tactic = block.tactics[index]
        scope = tactic.end, block.end
        if tactic.head == "intro" and all(_is_free(uses, word, scope) for word in words[1:]):
            yield (Edit(tactic.start, tactic.end, "intros"),)
        for at in range(first, last):
            found = items(words[:last], at) if words[at].text == "⟨" else None
            if found is None:
                continue
            parts, _ = found
            kept = len(parts)
            while kept and all(_is_free(uses, word, scope) or word.text in "⟨⟩,|" for word in parts[kept - 1]):
                kept -= 1
            if kept > 0 and sum(map(len, parts[kept:])) > 1:
                yield (Edit(parts[kept][0].start, parts[-1][-1].end, "_"),)


def unnamed_splits(script: Script) -> Iterator[Edits]:
    """`rcases h with a | b` becomes `cases h` where no name is used; so does `obtain a | b := h`."""
    uses = Uses(script)
    for block, index, words, (first, last) in _patterns(script):
        tactic = block.tactics[index]
        names = [word for word in words[first:last] if word.text not in ("|", "⟨", "⟩", ",", "(", ")")]
        if not all(_is_free(uses, word, (tactic.end, block.end)) for word in names):
            continue
        if tactic.head in ("rcases", "obtain", "have"):
            term = text_of(script, words[1 : first - 1] if tactic.head == "rcases" else words[last + 1 :])
            yield (Edit(tactic.start, tactic.end, f"cases {term}"),)


def projections(script: Script) -> Iterator[Edits]:
    """`obtain ⟨a, b⟩ := h` goes, and `h.left` stands where `a` did; other terms are named `this` for that."""
    uses = Uses(script)
    for block, index, words, (first, last) in _patterns(script):
        tactic = block.tactics[index]
        opening = next((at for at in range(first, last) if words[at].text == "⟨"), None)
        if opening is None:
            continue
        end, _ = closing(words[:last], opening)
        paths = _paths(words[:last], opening)
        # Of several patterns only the last is taken: what stands before it stays.
        if paths is None or end != last - 1 or (opening != first and tactic.head not in ("intro", "rintro")):
            continue
        source, edit = _source(script, uses, (block, index), words, (opening, last))
        scope = tactic.end, block.end
        renames = [each for name, path in paths for each in uses.renamed(name, f"{source}.{path}", *scope)]
        yield outermost([edit, *renames])


def _source(
    script: Script, uses: Uses, at: tuple[Block, int], words: Sequence[Token], pattern: tuple[int, int]
) -> tuple[str, Edit]:
    """The name of what a pattern takes apart, and the edit after which it has this name."""
    block, index = at
    tactic = block.tactics[index]
    opening, last = pattern
    if tactic.head in ("intro", "rintro"):
        name = uses.fresh("h", "key")
        return name, Edit(words[opening].start, tactic.end, name)
    term = words[1 : opening - 1] if tactic.head == "rcases" else words[last + 1 :]
    if len(term) == 1 and term[0].kind is Kind.IDENTIFIER:
        return term[0].text, without(script, block, index)
    name = uses.fresh("this", "key")
    stated = "have := " if name == "this" else f"have {name} := "
    return name, Edit(tactic.start, tactic.end, stated + text_of(script, term))


def _paths(words: Sequence[Token], opening: int) -> list[tuple[str, str]] | None:
    """Which projections the names of `⟨a, b, c⟩` are; None where it holds more than names and pairs."""
    found = items(words, opening)
    if found is None:
        return None
    parts, paths = found[0], list[tuple[str, str]]()
    for number, part in enumerate(parts):
        path = ["right"] * number + (["left"] if number < len(parts) - 1 else [])
        if len(part) == 1 and (part[0].kind is Kind.IDENTIFIER or part[0].text in "_-") and part[0].text != "rfl":
            paths.append((part[0].text, ".".join(path)))
        elif part[0].text == "⟨" and (inner := _paths(part, 0)) is not None and closing(part, 0)[0] == len(part) - 1:
            paths += [(name, ".".join([*path, rest])) for name, rest in inner]
        else:
            return None
    return paths


def anonymous(script: Script) -> Iterator[Edits]:
    """A `have` loses its name to `this`; `by_cases h : p` loses it where it is not used."""
    uses = Uses(script)
    for block in tactic_blocks(script):
        for tactic in block.tactics[:-1]:
            words = script.inside(tactic.start, tactic.end)
            if tactic.head == "by_cases" and len(words) > 3 and words[2].text == ":":
                if not uses.of(words[1].text, tactic.end, block.end):
                    yield (Edit(words[1].start, words[3].start),)
                continue
            have = have_of(script, tactic)
            if have is None or have.name == "this" or have.has_parameters:
                continue
            scope = tactic.end, block.end
            if not uses.of("this", *scope) and len(uses.of(have.name, *scope)) <= _MOST_USES:
                gone = Edit(words[1].start, words[2].start)
                yield gone, *uses.renamed(have.name, "this", *scope)


def alternatives(script: Script) -> Iterator[Edits]:
    """`| succ n ih =>` becomes `| succ n` or `| succ` where what follows is not used; then `cases` may do."""
    uses = Uses(script)
    for tactic in tactics(script.tree):
        if tactic.head not in ("cases", "induction", "match"):
            continue
        cuts = [edit for block in tactic.blocks for edit in _shorter(script, tactic, block, uses)]
        if cuts:
            yield tuple(cuts)
            yield from ((edit,) for edit in cuts)
        if tactic.head == "induction":
            yield Edit(tactic.start, tactic.start + len("induction"), "cases"), *cuts


def _shorter(script: Script, tactic: Tactic, block: Block, uses: Uses) -> Iterator[Edit]:
    """The edit that leaves out the last names of one alternative."""
    if block.opener != "=>":
        return
    words = script.inside(tactic.start, block.start)
    bar = next((at for at in range(len(words) - 1, 0, -1) if words[at].text == "|"), None)
    if bar is None:
        return
    names = words[bar + 2 : -1]
    kept = len(names)
    while kept and _is_free(uses, names[kept - 1], (block.start, block.end)):
        kept -= 1
    if kept < len(names) and tactic.head != "match":
        yield Edit(words[bar + 1 + kept].end, names[-1].end)


def generalizing(script: Script) -> Iterator[Edits]:
    """`generalizing a b`, before `with`, goes as a whole or by one name."""
    for tactic in tactics(script.tree):
        if tactic.head != "induction":
            continue
        stop = tactic.blocks[0].start if tactic.blocks else tactic.end
        words = script.inside(tactic.start, stop)
        texts = [word.text for word in words]
        if "generalizing" not in texts:
            continue
        at = texts.index("generalizing")
        end = texts.index("with") if "with" in texts else len(texts)
        if end < len(texts):
            # Up to the end of the tactic is another pass's.
            yield (Edit(words[at - 1].end, words[end - 1].end),)
        if end - at > 2:
            yield from ((Edit(words[each - 1].end, words[each].end),) for each in range(at + 1, end))
