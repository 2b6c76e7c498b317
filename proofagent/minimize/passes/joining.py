"""Passes that join tactics: two into one, or equal blocks into one block for all."""

from collections.abc import Iterator, Sequence

from proofagent.goals.lexer import Token, column
from proofagent.goals.tactics import Block, Tactic, tactics
from proofagent.minimize.edits import Edit, Edits
from proofagent.minimize.passes.base import Script, bullets_after, is_bullet, tactic_blocks

_REWRITES = frozenset(["rw", "rewrite", "simp", "simp_all"])
_TAKING = frozenset(["apply", "refine", "exact", "refine'"])


def merge_intros(script: Script) -> Iterator[Edits]:
    """`intro a` and `intro b` become `intro a b`; `intro h` and `rcases h with p` become `rintro p` and the like."""
    for block in tactic_blocks(script):
        for first, second in zip(block.tactics, block.tactics[1:], strict=False):
            if first.head not in ("intro", "rintro"):
                continue
            rest = script.text[second.start + len(second.head) : second.end].strip()
            if second.head in ("intro", "rintro") and rest:
                head = "rintro" if "rintro" in (first.head, second.head) else "intro"
                own = script.text[first.start + len(first.head) : first.end].strip()
                yield (Edit(first.start, second.end, f"{head} {own} {rest}".replace("  ", " ")),)
            yield from _patterns(script, first, second)


def _patterns(script: Script, first: Tactic, second: Tactic) -> Iterator[Edits]:
    """An `intro` whose last name is taken apart at once."""
    names = script.inside(first.start, first.end)[1:]
    words = script.inside(second.start, second.end)
    if not names or len(words) < 4:
        return
    before = "".join(f" {name.text}" for name in names[:-1])
    pattern = ""
    if second.head == "rcases" and words[1].text == names[-1].text and words[2].text == "with":
        pattern = script.text[words[3].start : second.end]
    elif second.head == "obtain" and words[-1].text == names[-1].text and words[-2].text == ":=":
        pattern = script.text[words[1].start : words[-3].end]
    if pattern:
        wrapped = f"({pattern})" if "|" in pattern and not pattern.startswith(("(", "⟨")) else pattern
        yield (Edit(first.start, second.end, f"rintro{before} {wrapped}"),)
        yield (Edit(first.start, second.end, f"intro{before} {pattern}"),)


def merge_rewrites(script: Script) -> Iterator[Edits]:
    """`rw [a]` and `rw [b]` become `rw [a, b]`; so with `simp`, in one place."""
    for block in tactic_blocks(script):
        for first, second in zip(block.tactics, block.tactics[1:], strict=False):
            if first.head != second.head or first.head not in _REWRITES:
                continue
            one, other = script.inside(first.start, first.end), script.inside(second.start, second.end)
            opening = [next((word for word in words if word.text == "["), None) for words in (one, other)]
            closing = [next((word for word in reversed(words) if word.text == "]"), None) for words in (one, other)]
            if opening[1] and closing[0] and script.text[closing[0].end : first.end].strip() in ("", _place(other)):
                yield (Edit(closing[0].start, opening[1].end, ", "),)


def _place(words: Sequence[Token]) -> str:
    """What stands behind the last bracket of a tactic: `at h`, say."""
    texts = [word.text for word in words]
    last = len(texts) - 1 - texts[::-1].index("]") if "]" in texts else len(texts)
    return " ".join(texts[last + 1 :])


def share_branches(script: Script) -> Iterator[Edits]:
    """Bullets that are equal but for their columns become one block, for all goals at once."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics):
            stop = bullets_after(block, index)
            held = [each.blocks[0] for each in block.tactics[index + 1 : stop]]
            to = column(script.text, tactic.start)
            if len(held) > 1:
                yield from _shared(script, tactic, held, (block.tactics[stop - 1].end, to))
    for tactic in tactics(script.tree):
        if tactic.head in ("cases", "induction") and len(tactic.blocks) > 1:
            words = script.inside(tactic.start, tactic.blocks[0].start)
            head = next((words[i - 1] for i, word in enumerate(words) if i and word.text == "with"), None)
            if head is not None:
                cut = Tactic(tactic.start, head.end, tactic.head)
                to = column(script.text, tactic.start)
                yield from _shared(script, cut, tactic.blocks, (tactic.end, to))


def _shared(script: Script, tactic: Tactic, held: Sequence[Block], until: tuple[int, int]) -> Iterator[Edits]:
    end, to = until
    for part in {" ".join(script.of(each).split()): each for each in held}.values():
        lines = [script.moved(each, to + 5) for each in part.tactics]
        if len(lines) == 1:
            yield (Edit(tactic.end, end, f" <;> {lines[0]}"),)
        else:
            joined = ("\n" + " " * (to + 5)).join(lines)
            yield (Edit(tactic.end, end, f" <;>\n{' ' * (to + 4)}({joined})"),)


def anonymous_constructors(script: Script) -> Iterator[Edits]:
    """`constructor` with bullets, each a term or one tactic, becomes `exact ⟨…⟩`."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics):
            stop = bullets_after(block, index)
            plain = tactic.head == "constructor" or "?_" in script.of(tactic)
            if plain and stop > index + 1:
                parts = [_term(script, each.blocks[0]) for each in block.tactics[index + 1 : stop]]
                text = "exact ⟨" + ", ".join(parts) + "⟩"
                yield (Edit(tactic.start, block.tactics[stop - 1].end, text),)


def _term(script: Script, block: Block) -> str:
    """A block as a term."""
    only = block.tactics[0]
    if len(block.tactics) == 1 and only.head == "exact":
        return script.text[only.start + len("exact") : only.end].strip()
    if len(block.tactics) == 1 and script.of(only) == "rfl":
        return "rfl"
    joined = "; ".join(" ".join(script.of(tactic).split()) for tactic in block.tactics)
    return f"by {joined}"


def apply_exact(script: Script) -> Iterator[Edits]:
    """`apply f`, then a tactic or bullets that close what is left with terms, becomes `exact f a b`."""
    for block in tactic_blocks(script):
        for index, tactic in enumerate(block.tactics[:-1]):
            if tactic.head not in _TAKING:
                continue
            stop = bullets_after(block, index)
            following = block.tactics[index + 1 : max(stop, index + 2)]
            held = [each.blocks[0] for each in following if is_bullet(each)]
            if not held:
                held = [Block(following[0].start, following[0].end, "by", following)]
            function = script.text[tactic.start + len(tactic.head) : tactic.end].strip()
            arguments = " ".join(_argument(_term(script, part)) for part in held)
            yield (Edit(tactic.start, following[-1].end, f"exact {function} {arguments}"),)


def _argument(term: str) -> str:
    return term if " " not in term or term.startswith("⟨") else f"({term})"
