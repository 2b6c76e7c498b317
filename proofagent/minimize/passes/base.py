"""What passes are given, and what they have in common."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from proofagent.goals.lexer import Kind, Token, code, column
from proofagent.goals.tactics import Block, Tactic, blocks, proof_tree
from proofagent.minimize.edits import Edit, Edits, moved

CLOSERS = ("rfl", "trivial", "assumption", "contradiction", "omega", "simp", "simp_all", "decide", "grind")
"""Tactics that may close a goal at once, the cheap ones first."""

_NAMING = frozenset(["have", "intro", "intros", "rintro", "obtain", "rcases", "cases", "by_cases", "let", "replace"])
_MOST_NAMES = 12
"""More hypotheses than these are not tried by name: `assumption` finds them too."""


@dataclass(frozen=True, slots=True)
class Script:
    """``text[start:end]`` is a proof, what stands behind a `:=`; `binders` are the names that its statement binds."""

    text: str
    start: int
    end: int
    tree: Block
    binders: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = field(default=(), repr=False)

    def of(self, part: Block | Tactic) -> str:
        """The text of a part of the tree."""
        return self.text[part.start : part.end]

    def inside(self, start: int, end: int) -> list[Token]:
        """The tokens of ``text[start:end]``."""
        first = bisect_left(self.tokens, start, key=lambda token: token.start)
        last = bisect_right(self.tokens, end, key=lambda token: token.end)
        return list(self.tokens[first:last])

    def moved(self, part: Block | Tactic, to: int) -> str:
        """The text of a part, its further lines moved as if it began in column `to`."""
        return moved(self.of(part), to - column(self.text, part.start))

    def names(self) -> tuple[str, ...]:
        """Hypotheses that may be in sight somewhere: those of the statement and those that tactics introduce."""
        found = dict.fromkeys(self.binders)
        naming = False
        for token in self.tokens:
            if token.text in _NAMING:
                naming = True
            elif token.text in (":", ":=", ";") or token.kind not in (Kind.IDENTIFIER, Kind.SYMBOL):
                naming = False
            elif naming and token.kind is Kind.IDENTIFIER and token.text not in ("with", "rfl", "at", "by"):
                found[token.text] = None
        return tuple(found)[:_MOST_NAMES]


Pass = Callable[[Script], Iterator[Edits]]


def script_of(text: str, start: int, end: int, statement: int = 0) -> Script:
    """The proof ``text[start:end]`` of a statement that begins at `statement`; raises as `proof_tree` does."""
    tree = proof_tree(text, start, end)
    return Script(text, start, end, tree, _binders(text, statement, start), tuple(code(text, start, end)))


def _binders(text: str, start: int, end: int) -> tuple[str, ...]:
    """Names between an opening bracket and a colon."""
    found, group = dict[str, None](), list[str]()
    opened = False
    for token in code(text, start, end):
        if token.text in ("(", "{", "⦃"):
            opened, group = True, []
        elif opened and token.text == ":":
            found |= dict.fromkeys(group)
            opened = False
        elif opened and token.kind is Kind.IDENTIFIER:
            group.append(token.text)
        else:
            opened = False
    # What is bound last is most often the hypothesis that closes the goal.
    return tuple(reversed(found))


def tactic_blocks(script: Script) -> Iterator[Block]:
    """Every block whose tactics stand in a column of their own or behind `;`; a bare term is none."""
    return (block for block in blocks(script.tree) if block.opener != "term")


def by_of(script: Script, block: Block) -> int | None:
    """Where the `by` stands that opens a block; None where something else does, or a comment is between."""
    if block.opener != "by":
        return None
    index = bisect_left(script.tokens, block.start, key=lambda token: token.start)
    at = script.tokens[index - 1] if index else None
    return at.start if at and at.text == "by" and not script.text[at.end : block.start].strip() else None


def removed(script: Script, block: Block, first: int, stop: int) -> Edit:
    """The edit that takes the tactics `first` to `stop` out of a block, which keeps at least one.

    A comment on a line of its own belongs to the tactic below it, and stays with that.
    """
    start = block.tactics[first].start
    if stop >= len(block.tactics):
        return Edit(block.tactics[first - 1].end, block.tactics[stop - 1].end)
    behind, following = block.tactics[stop - 1].end, block.tactics[stop].start
    gap = script.text[behind:following]
    line = gap.find("\n")
    if line < 0 or not gap.strip():
        return Edit(start, following)
    rest = gap[line + 1 :]
    return Edit(start, behind + line + 1 + len(rest) - len(rest.lstrip()))


def is_bullet(tactic: Tactic) -> bool:
    return tactic.head in ("·", ".", "case", "next") and len(tactic.blocks) == 1


def bullets_after(block: Block, index: int) -> int:
    """The index behind the bullets that follow the tactic at `index`."""
    stop = index + 1
    while stop < len(block.tactics) and is_bullet(block.tactics[stop]):
        stop += 1
    return stop
