"""Passes that write once what stands in a proof several times, in a row, in branches or in `have`s."""

from collections.abc import Iterator, Sequence

from proofagent.goals.tactics import Block, Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, bullets_after, is_bullet, removed, tactic_blocks
from proofagent.minimize.passes.reading import (
    Member,
    Uses,
    at_column,
    before,
    for_all,
    haves,
    holder,
    items,
    key,
    outermost,
    rows,
    text_of,
    without,
)

_MOST_GROUPS = 32
"""Of so many repeated things each is proposed: a longer proof has enough else to try."""
_LONGEST_PERIOD = 4
_SHORTEST_REUSED = 2

Key = tuple[str, ...]


def _keys(script: Script, block: Block) -> list[Key]:
    return [key(script, tactic.start, tactic.end) for tactic in block.tactics]


def _branches(script: Script) -> Iterator[tuple[Block, int, int, list[Block]]]:
    """A tactic that bullets follow: its block, its index, where these end, and what they hold."""
    for block in tactic_blocks(script):
        for index in range(len(block.tactics)):
            stop = bullets_after(block, index)
            if stop > index + 2 and not is_bullet(block.tactics[index]):
                yield block, index, stop, [each.blocks[0] for each in block.tactics[index + 1 : stop]]


def _common(many: Sequence[Sequence[Key]]) -> int:
    """How many items at the beginning all lists have in common."""
    length = 0
    for column_of in zip(*many, strict=False):
        if len(set(column_of)) > 1:
            break
        length += 1
    return length


def lift_tails(script: Script) -> Iterator[Edits]:
    """`· a; c` and `· b; c` become `a`, `b`, and one `c` for all goals."""
    for block, index, stop, held in _branches(script):
        shared = _common([_keys(script, each)[::-1] for each in held])
        if not shared or all(len(each.tactics) == shared for each in held):
            continue
        heads = [each.tactics[: len(each.tactics) - shared] for each in held]
        indent = len("all_goals ")
        tail = [at_column(script, block, tactic, indent) for tactic in held[0].tactics[-shared:]]
        last = "all_goals " + rows(script, block, tail, indent)
        split, end = block.tactics[index], block.tactics[stop - 1].end
        size = sum(len(script.inside(tactic.start, tactic.end)) for tactic in held[0].tactics[-shared:])
        # Without bullets, each branch ends with its own copy: what is lifted has to be longer than the words for it.
        if (len(held) - 1) * size <= len(held):
            continue
        lines = [script.of(split)]
        for number, head in enumerate(heads):
            lines += [at_column(script, block, tactic) for tactic in head]
            if any(heads[number + 1 :]):
                lines.append("rotate_left")
        yield (Edit(split.start, end, rows(script, block, [*lines, last])),)
        yield from _chosen(script, block, (split.end, end), heads, last)


def _chosen(
    script: Script, block: Block, span: tuple[int, int], heads: Sequence[Sequence[Tactic]], last: str
) -> Iterator[Edits]:
    """The heads of branches, where each is a tactic at most, become what is tried for every goal."""
    if any(len(head) > 1 for head in heads):
        return
    options = {key(script, head[0].start, head[0].end): at_column(script, block, head[0]) for head in heads if head}
    word = "first | " if all(heads) else "try " if len(options) == 1 else "try first | "
    yield (Edit(*span, rows(script, block, [f" <;> {word}{' | '.join(options.values())}", last])),)


def lift_heads(script: Script) -> Iterator[Edits]:
    """Tactics that all branches begin with are run for all goals, before the branches."""
    for block, index, stop, held in _branches(script):
        shared = _common([_keys(script, each) for each in held])
        if not shared or all(len(each.tactics) == shared for each in held):
            continue
        split = block.tactics[index]
        cuts = [Edit(split.end, split.end, for_all(script, block, held[0].tactics[:shared]))]
        for bullet, each in zip(block.tactics[index + 1 : stop], held, strict=True):
            if len(each.tactics) > shared:
                cuts.append(removed(script, each, 0, shared))
            else:
                cuts.append(Edit(_line_end(script, bullet.start), bullet.end))
        yield tuple(cuts)


def _line_end(script: Script, at: int) -> int:
    """Where the text before an offset ends, blanks left out."""
    return len(script.text[:at].rstrip())


def repeat_runs(script: Script) -> Iterator[Edits]:
    """The same tactics again and again become `repeat` or `iterate`; so do the same rules in a row."""
    for block in tactic_blocks(script):
        keys = _keys(script, block)
        for period in range(1, min(_LONGEST_PERIOD, len(keys) // 2) + 1):
            at = 0
            while at + 2 * period <= len(keys):
                stop = at + period
                while keys[stop : stop + period] == keys[at : at + period]:
                    stop += period
                run = stop > at + period
                if run and (len(set(keys[at : at + period])) > 1 or (period == 1 and not is_bullet(block.tactics[at]))):
                    yield from _repeated(script, block, (at, stop), period)
                at = stop if run else at + 1
    for tactic in tactics(script.tree):
        yield from _rules(script, tactic)


def _repeated(script: Script, block: Block, run: tuple[int, int], period: int) -> Iterator[Edits]:
    at, stop = run
    start, end = block.tactics[at].start, block.tactics[stop - 1].end
    for word in ("repeat ", f"iterate {(stop - at) // period} "):
        parts = [at_column(script, block, tactic, len(word)) for tactic in block.tactics[at : at + period]]
        yield (Edit(start, end, word + rows(script, block, parts, len(word))),)


def _rules(script: Script, tactic: Tactic) -> Iterator[Edits]:
    """`rw [a, a]` becomes `repeat rw [a]`."""
    words = script.inside(tactic.start, tactic.end)
    if tactic.head not in ("rw", "rewrite") or len(words) < 2 or words[1].text != "[":
        return
    found = items(words, 1)
    if found is None or len(found[0]) < 2 or len({text_of(script, item) for item in found[0]}) > 1:
        return
    rule, behind = text_of(script, found[0][0]), script.text[words[found[1]].start : tactic.end]
    yield (Edit(tactic.start, tactic.end, f"repeat {tactic.head} [{rule}{behind}"),)


def nested_splits(script: Script) -> Iterator[Edits]:
    """A tactic that is used again in its own branches, with equal ends, becomes one that is repeated."""
    for block, index, stop, held in _branches(script):
        split, end = block.tactics[index], block.tactics[stop - 1].end
        wanted = key(script, split.start, split.end)
        leaves = [leaf for each in held for leaf in _leaves(script, each, wanted)]
        if len(leaves) <= len(held) or len({key(script, leaf.start, leaf.end) for leaf in leaves}) > 1:
            continue
        if len(leaves[0].tactics) > 1:
            continue
        indent = len("repeat' first | ")
        leaf, again = at_column(script, block, leaves[0], indent), at_column(script, block, split)
        yield (Edit(split.start, end, f"repeat' first | {leaf} | {again}"),)
        yield (Edit(split.start, end, rows(script, block, [f"repeat' {again}", f"all_goals {leaf}"])),)
        yield (Edit(split.start, end, f"and_intros <;> {leaf}"),)


def _leaves(script: Script, block: Block, wanted: Key) -> list[Block]:
    first = block.tactics[0]
    nested = len(block.tactics) > 1 and all(is_bullet(each) for each in block.tactics[1:])
    if not nested or key(script, first.start, first.end) != wanted:
        return [block]
    return [leaf for each in block.tactics[1:] for leaf in _leaves(script, each.blocks[0], wanted)]


def share_haves(script: Script) -> Iterator[Edits]:
    """Of `have`s that say the same the first one stays, or goes before the branches where all of them stand."""
    uses, blocks = Uses(script), list(tactic_blocks(script))
    groups: dict[Key, list[Member]] = {}
    for block, index, have in haves(script):
        if have.has_parameters:
            continue
        what = key(script, *have.type) if have.type else (":=", *key(script, *have.term))
        groups.setdefault(what, []).append((block, index, have))
    for members in [group for group in groups.values() if len(group) > 1][:_MOST_GROUPS]:
        (home, first, have), others = members[0], members[1:]
        below = [each for each in others if home.start <= each[0].start and each[0].end <= home.end]
        if below:
            yield outermost([edit for each in below for edit in _dropped(script, uses, each, have.name)])
        if len(below) < len(others):
            end = members[-1][0].tactics[members[-1][1]].end
            found = holder(blocks, home.tactics[first].start, end)
            if found is not None:
                text = at_column(script, found[0], home.tactics[first])
                gone = [edit for each in members for edit in _dropped(script, uses, each, have.name)]
                yield before(script, *found, text), *outermost(gone)


def _dropped(script: Script, uses: Uses, member: Member, name: str) -> Edits:
    """The edits that take out a `have` and put another name where its own is used."""
    block, index, have = member
    scope = block.tactics[index].end, block.end
    return without(script, block, index), *uses.renamed(have.name, name, *scope)


def reuse_haves(script: Script) -> Iterator[Edits]:
    """Where the term of a `have` stands again further down, its name does."""
    texts = [token.text for token in script.tokens]
    for number, (block, index, have) in enumerate(haves(script)):
        if number == _MOST_GROUPS:
            return
        own = list(key(script, *have.term))
        if len(own) < _SHORTEST_REUSED or own[0] == "by" or have.has_parameters:
            continue
        end = block.tactics[index].end
        found, again = list[Edit](), len(script.inside(script.start, end))
        stop = again + len(script.inside(end, block.end)) - len(own)
        while again <= stop and len(found) < _MOST_GROUPS:
            if texts[again] != own[0] or texts[again : again + len(own)] != own:
                again += 1
                continue
            inner = texts[again - 1] == "(" and texts[again + len(own) : again + len(own) + 1] == [")"]
            first, last = script.tokens[again - inner], script.tokens[again + len(own) - 1 + inner]
            found.append(Edit(first.start, last.end, have.name))
            again += len(own)
        if len(found) > 1:
            yield tuple(found)
        yield from ((edit,) for edit in found)
