"""A proof as a tree of spans, found without Lean: which tactics stand where, and which blocks of tactics they hold.

Lean decides by its grammar where a tactic ends; here columns, brackets and keywords do. That is right for text as
people and provers write it. Nothing rests on it: measures are guides, and what is edited is checked by Lean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Lines, Token, code

TERM = "term"
"""Head and opener of a proof, or a part of one, that is no tactic."""

_BULLETS = frozenset(["·", "."])
_CASES = frozenset(["cases", "induction", "match", "case", "case'", "next", "fun_cases", "fun_induction", "on_goal"])
"""Heads behind whose arrows tactics stand."""
_WRAPPERS = frozenset(["try", "repeat", "repeat'", "all_goals", "any_goals", "focus", "iterate", "once", "first"])
"""Heads behind which tactics stand at once."""
_PATTERNS = frozenset(["rcases", "obtain", "rintro", "cases'"])
"""Heads whose patterns have bars of their own."""
_BINDERS = frozenset(["∀", "∃", "∃!", "Σ", "Π", "∑", "∏"])
"""Each is followed by a comma that ends nothing."""
_CONTINUES = frozenset(["|", "<;>", "<|>", "at", "with", "using", "from", "then", "else", "generalizing"])
"""Words at the beginning of a line that belong to the tactic above, though they stand in its column."""
_MOST_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Tactic:
    """``text[start:end]`` is one tactic with all that it holds; `head` is its first word."""

    start: int
    end: int
    head: str
    blocks: tuple["Block", ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Tactics one after the other, the first of which begins at `start`.

    `opener` is what they stand behind: `by`, `·`, `=>`, a bracket, `<;>`, or a word that takes tactics (`try`).
    """

    start: int
    end: int
    opener: str
    tactics: tuple[Tactic, ...]


def proof_tree(text: str, start: int = 0, stop: int | None = None) -> Block:
    """The proof in ``text[start:stop]``, which is what stands behind a declaration's `:=`.

    A term is one tactic whose head is `TERM`. Raises `GoalError` where a comment or string does not end, `ValueError`
    where there is nothing but blanks.
    """
    parser = _Parser(text, list(code(text, start, stop)))
    if not parser.tokens:
        raise ValueError("there is no proof")
    first = parser.tokens[0]
    if first.text == "by" and len(parser.tokens) > 1:
        block, at = parser.block(1, "by", 0)
        if at == len(parser.tokens):
            return block
    blocks = parser.inner(0, len(parser.tokens), 0)
    end = parser.tokens[-1].end
    return Block(first.start, end, TERM, (Tactic(first.start, end, TERM, blocks),))


def tactics(tree: Block | Tactic) -> Iterator[Tactic]:
    """Every tactic of a tree, in the order of the text, each before those that it holds."""
    todo: list[Block | Tactic] = [tree]
    while todo:
        part = todo.pop()
        if isinstance(part, Tactic):
            yield part
            todo += reversed(part.blocks)
        else:
            todo += reversed(part.tactics)


def blocks(tree: Block) -> Iterator[Block]:
    """Every block of a tree, itself first."""
    yield tree
    for tactic in tactics(tree):
        yield from tactic.blocks


def depth(tree: Block) -> int:
    """How deep blocks are nested; 1 where no tactic holds any."""
    deepest, todo = 0, [(tree, 1)]
    while todo:
        block, level = todo.pop()
        deepest = max(deepest, level)
        todo += [(inner, level + 1) for tactic in block.tactics for inner in tactic.blocks]
    return deepest


class _Parser:
    """Reads the tokens of one proof. Methods take the index of a token and return the one that they stopped at."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text, self.tokens = text, tokens
        lines = Lines(text)
        places = [lines.place(token.start) for token in tokens]
        self.columns = [column for _, column in places]
        self.at_line = [index == 0 or places[index - 1][0] != line for index, (line, _) in enumerate(places)]
        self.bars = [-1]
        """The columns of the bars that the alternatives around begin with, the innermost last."""

    def block(self, at: int, opener: str, depth: int, *, margin: int = -1) -> tuple[Block, int]:
        """The block that begins at `at`; it ends before a line that begins left of it, or in `margin` or left of it."""
        column, first, found = self.columns[at], at, list[Tactic]()
        single = opener == "<;>"
        while at < len(self.tokens):
            tactic, at = self._tactic(at, opener, max(column, margin + 1) if not single else margin + 1, depth)
            found.append(tactic)
            if single or at >= len(self.tokens):
                break
            if self.tokens[at].text == ";":
                at += 1
                if at >= len(self.tokens) or self._left(at, column):
                    break
            elif not (self.at_line[at] and self.columns[at] == column and self._begins(at)):
                break
        return Block(self.tokens[first].start, found[-1].end, opener, tuple(found)), at

    def inner(self, at: int, stop: int, depth: int) -> tuple[Block, ...]:
        """The `by` blocks in the term from `at` to `stop`."""
        found = list[Block]()
        while at < stop:
            if self.tokens[at].text == "by" and at + 1 < stop and depth < _MOST_DEPTH:
                block, at = self.block(at + 1, "by", depth + 1)
                found.append(block)
            else:
                at += 1
        return tuple(found)

    def _begins(self, at: int) -> bool:
        """Whether a token that stands in the column of a block begins a tactic."""
        token = self.tokens[at]
        return token.text not in _CONTINUES and DEPTH.get(token.text, 0) >= 0

    def _left(self, at: int, column: int) -> bool:
        return self.at_line[at] and self.columns[at] < column

    def _tactic(self, at: int, opener: str, column: int, nesting: int) -> tuple[Tactic, int]:
        """The tactic that begins at `at`, in a block whose column is `column`."""
        first, head = at, self.tokens[at].text
        found = list[Block]()
        brackets = commas = 0
        bar = self.bars[-1]
        nested = nesting < _MOST_DEPTH
        opens = (head in _BULLETS or head in _WRAPPERS or head in ("(", "{")) and nested and at + 1 < len(self.tokens)
        if opens:
            at = self._opened(at, head, column, nesting, found)
        elif DEPTH.get(head, 0) <= 0:
            at += 1
        while at < len(self.tokens):
            word = self.tokens[at].text
            if brackets == 0 and self._ends(at, opener, head, column=column, commas=commas):
                break
            following = at + 1 < len(self.tokens)
            if nested and following and word == "by":
                block, at = self.block(at + 1, "by", nesting + 1)
            elif nested and following and brackets == 0 and word == "<;>":
                block, at = self.block(at + 1, "<;>", nesting + 1, margin=column - 1)
            elif nested and following and brackets == 0 and self._leads(word, head):
                self.bars.append(bar)
                block, at = self.block(at + 1, word, nesting + 1)
                self.bars.pop()
            else:
                bar = self.columns[at] if word == "|" and self.at_line[at] else bar
                brackets += DEPTH.get(word, 0)
                commas += (word in _BINDERS) - (word == "," and brackets == 0)
                at += 1
                continue
            found.append(block)
        at = max(at, first + 1)
        return Tactic(self.tokens[first].start, self.tokens[at - 1].end, head, tuple(found)), at

    def _opened(self, at: int, head: str, column: int, nesting: int, found: list[Block]) -> int:
        """The blocks that stand at once behind a bullet, a bracket or a word like `try`; where they end."""
        at += 1
        if head == "iterate" and self.tokens[at].kind is Kind.NUMBER and at + 1 < len(self.tokens):
            at += 1
        if head == "first" and self.tokens[at].text != "|":
            return at
        while at < len(self.tokens) and not self._left(at, column):
            if head == "first":
                if self.tokens[at].text != "|" or at + 1 >= len(self.tokens):
                    break
                at += 1
            if self.tokens[at].text in (")", "}"):
                break
            block, at = self.block(at, head, nesting + 1, margin=column if head in _WRAPPERS else -1)
            found.append(block)
            if head != "first":
                break
        if head in ("(", "{") and at < len(self.tokens) and self.tokens[at].text in (")", "}"):
            at += 1
        return at

    def _leads(self, word: str, head: str) -> bool:
        """Whether tactics stand behind `word` in a tactic that begins with `head`."""
        return (word == "=>" and head in _CASES) or (word in ("then", "else") and head == "if")

    def _ends(self, at: int, opener: str, head: str, *, column: int, commas: int) -> bool:
        """Whether the tactic, of which no bracket is open, ends before token `at`."""
        word = self.tokens[at].text
        if DEPTH.get(word, 0) < 0 or word == ";" or (word == "<;>" and opener == "<;>"):
            return True
        if word == "|":
            return self._ends_at_bar(at, opener, head, column)
        if self._left(at, column) or (self.at_line[at] and self.columns[at] == column and self._begins(at)):
            return True
        if word == ",":
            return commas <= 0 and opener != TERM
        return word in ("then", "else") and head != "if"

    def _ends_at_bar(self, at: int, opener: str, head: str, column: int) -> bool:
        """Whether a bar is another's: an alternative of the tactic around, or of one further out."""
        if self.at_line[at]:
            alternatives = head in _CASES or head == "first"
            return self.columns[at] <= self.bars[-1] or (self._left(at, column) and not alternatives)
        return opener in ("=>", "first") and head not in _PATTERNS | _CASES
