"""Passes that write case distinctions with fewer words: what stands around the branches, not what stands in them."""

from collections.abc import Iterator, Sequence

from proofagent.goals.lexer import Kind, Token
from proofagent.goals.tactics import Block, Tactic
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, bullets_after, is_bullet, tactic_blocks
from proofagent.minimize.passes.reading import Uses, at_column, for_all, key, rows, text_of

_HEADS = frozenset(["cases", "induction", "match", "fun_cases", "fun_induction"])


def bullets_for_cases(script: Script) -> Iterator[Edits]:
    """`cases h with | inl a => …` becomes `rcases h with a | b` or `cases h`, and bullets."""
    uses = Uses(script)
    for block in tactic_blocks(script):
        for tactic in block.tactics:
            if tactic.head not in _HEADS or not tactic.blocks or any(each.opener != "=>" for each in tactic.blocks):
                continue
            words = script.inside(tactic.start, tactic.blocks[0].start)
            stop = next((at for at, word in enumerate(words) if word.text == "with"), None)
            named = [_names(script, tactic, each) for each in tactic.blocks]
            if stop is None or stop < 2:
                continue
            term = text_of(script, words[1:stop])
            patterns = _patterns(named)
            used = [
                bool(names and _are_used(uses, names, each)) for names, each in zip(named, tactic.blocks, strict=True)
            ]
            if patterns is not None and tactic.head in ("cases", "match"):
                for head in (f"rcases {term} with {patterns}", f"obtain {patterns} := {term}"):
                    yield from _written(script, block, tactic, head, [""] * len(used))
            if all(names is not None for names in named):
                head = f"{'cases' if tactic.head == 'match' else tactic.head} {term}"
                opened = [
                    f"next {text_of(script, names)} => " if names and is_used else ""
                    for names, is_used in zip(named, used, strict=True)
                ]
                yield from _written(script, block, tactic, head, opened)


def _names(script: Script, tactic: Tactic, block: Block) -> list[Token] | None:
    """What stands behind the constructor of one alternative; None where that is more than names."""
    words = script.inside(tactic.start, block.start)
    bar = next((at for at in range(len(words) - 1, 0, -1) if words[at].text == "|"), None)
    if bar is None or len(words) - bar < 3:
        return None
    first = bar + 2
    if words[bar + 1].text in (".", "@"):
        first += 1
    names = words[first:-1]
    if words[bar + 1].text == "⟨" or any(word.kind is not Kind.IDENTIFIER and word.text != "_" for word in names):
        return None
    return names


def _are_used(uses: Uses, names: Sequence[Token], block: Block) -> bool:
    return any(uses.of(name.text, block.start, block.end) for name in names)


def _patterns(named: Sequence[Sequence[Token] | None]) -> str | None:
    """The alternatives as one pattern of `rcases`."""
    found = list[str]()
    for names in named:
        if names is None:
            return None
        texts = [name.text for name in names]
        found.append("_" if not texts else texts[0] if len(texts) == 1 else f"⟨{', '.join(texts)}⟩")
    return " | ".join(found)


def _written(script: Script, block: Block, tactic: Tactic, head: str, opened: Sequence[str]) -> Iterator[Edits]:
    """The branches of a tactic behind another head; each is a bullet or stands behind the words that open it."""
    lines = [head]
    if len(opened) == 1 and not opened[0]:
        lines += [at_column(script, block, part) for part in tactic.blocks[0].tactics]
        yield (Edit(tactic.start, tactic.end, rows(script, block, lines)),)
        return
    for opening, each in zip(opened, tactic.blocks, strict=True):
        start = opening or "· "
        parts = [at_column(script, block, part, len("  ")) for part in each.tactics]
        if start == "· ":
            lines.append(start + rows(script, block, parts, len("  ")))
        else:
            lines.append(start.rstrip() + rows(script, block, ["", *parts], len("  ")))
    yield (Edit(tactic.start, tactic.end, rows(script, block, lines)),)
    if len({key(script, each.start, each.end) for each in tactic.blocks}) == 1 and not any(opened):
        yield (Edit(tactic.start, tactic.end, head + for_all(script, block, tactic.blocks[0].tactics)),)


def bullets_for_names(script: Script) -> Iterator[Edits]:
    """`case inl h => t` and `next h => t` become `· t`."""
    for block in tactic_blocks(script):
        for tactic in block.tactics:
            if tactic.head in ("case", "next") and is_bullet(tactic):
                parts = [at_column(script, block, part, len("  ")) for part in tactic.blocks[0].tactics]
                yield (Edit(tactic.start, tactic.end, "· " + rows(script, block, parts, len("  "))),)


def unbullet(script: Script) -> Iterator[Edits]:
    """What bullets hold stands below each other without them: of all of a split, or of the last one."""
    for block in tactic_blocks(script):
        at = 0
        while at < len(block.tactics):
            stop = bullets_after(block, at)
            bullets = [each for each in block.tactics[at:stop] if is_bullet(each)]
            cuts = tuple(_flat(script, block, each) for each in bullets)
            if len(cuts) > 1:
                yield cuts
            if cuts:
                yield (cuts[-1],)
            at = stop


def _flat(script: Script, block: Block, bullet: Tactic) -> Edit:
    parts = [at_column(script, block, part) for part in bullet.blocks[0].tactics]
    return Edit(bullet.start, bullet.end, rows(script, block, parts))


def one_after_the_other(script: Script) -> Iterator[Edits]:
    """`t <;> s` becomes `t` and below it `s`, which is as much where `t` leaves one goal."""
    for block in tactic_blocks(script):
        for tactic in block.tactics:
            inner = [each for each in tactic.blocks if each.opener == "<;>"]
            if not inner or inner[-1].end != tactic.end:
                continue
            words = script.inside(tactic.start, inner[-1].start)
            if len(words) > 1 and words[-1].text == "<;>":
                below = rows(script, block, ["", at_column(script, block, inner[-1])])
                yield (Edit(words[-2].end, tactic.end, below),)
