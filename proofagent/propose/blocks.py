"""Blocks of tactics as people and models write them, cut into steps that can be taken one by one.

A block is Lean text whose tactics begin in column 0. What it leaves unproved (`sorry`) becomes a goal, and so does
what it proves on the side: the proof of a `have`, each case of an `induction`. Only the text is looked at; whether a
step does what its text promises is found out by taking it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token, code, scan
from proofagent.proof.script import one_tactic

_SORRY = "sorry"
_MOST_DEPTH = 40
CONTINUES = ("|", "<;>", ")", "]", "⟩", "}", "<|", "|>")
_SIDE_PROOF = frozenset(["have", "haveI"])
_ASIDE = ("have ", "haveI ", "let ", "letI ", "suffices ")
_BY_CASES = frozenset(["induction", "cases", "match", "rcases"])
_BEFORE_HOLE = frozenset([":=", "(", ",", "⟨", "from", "exact", "refine", "<|", "=>"])
_BULLET = re.compile(r"(?:·|\.(?=\s)) *")


@dataclass(frozen=True, slots=True)
class Hole:
    """A goal that the block leaves open."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """`· …`: the steps that close the first goal."""

    steps: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Tactic:
    """A step. `text` as it was written; it cannot be taken like that where it `admits` (has a `sorry` in it).

    `opened`, where there is one, has `?_` in place of its inner proofs, `parts` are these, in the order of the text.
    Where it makes a claim on the side (`have`), the goal that is left comes first, before those of the parts.
    `case` is the goal that it names.
    """

    text: str
    admits: bool = False
    opened: str = ""
    parts: tuple[tuple["Part", ...], ...] = ()
    case: str = ""

    @property
    def aside(self) -> bool:
        """Whether it makes a claim on the side."""
        return self.opened.startswith(_ASIDE)


Part = Hole | Bullet | Tactic


def steps(block: str, *, depth: int = 0) -> tuple[Part, ...]:
    """The steps of `block`. Raises `GoalError` where a comment or string does not end.

    `depth` counts the blocks around it: what is nested deeper than anybody writes is one step.
    """
    if depth > _MOST_DEPTH:
        return (Tactic(block, has_hole(block)),)
    return tuple(part for item in items(block) for part in _parts(item, depth))


def has_hole(block: str) -> bool:
    """Whether a `sorry` stands in `block`."""
    return any(token.text == _SORRY for token in code(block))


def dedented(text: str) -> str:
    """`text` without empty lines, moved so that its leftmost line begins in column 0 (the first, if it hangs)."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if not lines:
        return ""
    margin = min(len(line) - len(line.lstrip(" ")) for line in lines)
    return "\n".join(line[margin:] for line in lines)


def hanging(text: str) -> str:
    """As `dedented`, for a block whose first line stands behind something and so has no indentation of its own."""
    first, _, rest = text.partition("\n")
    rest = dedented(rest)
    return first.strip() + "\n" + rest if first.strip() and rest else first.strip() or rest


def items(block: str) -> Iterator[str]:
    """The tactics of `block`: it is cut where a new one begins in column 0, outside of brackets and strings."""
    starts, depth, at_start = [0], 0, False
    for token in scan(block):
        if token.kind is Kind.NEWLINE:
            at_start = True
            continue
        if token.kind is Kind.SPACE:
            at_start = False
            continue
        if at_start and depth <= 0 and not token.text.startswith(CONTINUES):
            starts.append(token.start)
        at_start = False
        depth += DEPTH.get(token.text, 0)
    for start, end in zip(starts, [*starts[1:], len(block)], strict=True):
        if item := block[start:end].rstrip():
            yield one_tactic(item)


def _parts(item: str, depth: int) -> tuple[Part, ...]:
    """An item as a step; an `obtain` that proves first what it takes apart is two."""
    tokens = list(code(item))
    if tokens and tokens[0].text == "obtain" and (found := _obtained(item, tokens, depth)):
        return found
    return (_part(item, tokens, depth),)


def _part(item: str, tokens: Sequence[Token], depth: int) -> Part:
    if bullet := _BULLET.match(item):
        return Bullet(steps(_inside(item, bullet.end()), depth=depth + 1))
    if [token.text for token in tokens] in ([_SORRY], ["exact", _SORRY], ["by", _SORRY]):
        return Hole()
    admits = any(token.text == _SORRY for token in tokens)
    head = tokens[0].text if tokens else ""
    case = tokens[1].text if head == "case" and len(tokens) > 1 else ""
    multiline = "\n" in item
    found: tuple[str, tuple[tuple[Part, ...], ...]] | None = None
    if admits or multiline:
        if head in _BY_CASES:
            found = _cases(item, tokens, depth)
        if found is None and head in _SIDE_PROOF:
            found = _side_proof(item, tokens, depth)
        if found is None and admits:
            found = _terms(item, tokens)
    return Tactic(item, admits, *(found or ("", ())), case=case)


def _inside(item: str, start: int) -> str:
    """What hangs behind offset `start` of `item`, its first line in the column that it has there."""
    column = start - (item.rfind("\n", 0, start) + 1)
    return dedented(" " * column + item[start:])


def _side_proof(item: str, tokens: Sequence[Token], around: int) -> tuple[str, tuple[tuple[Part, ...], ...]] | None:
    """`have h : P := by …` with the goal of its proof left."""
    depth = 0
    for place, token in enumerate(tokens):
        if depth == 0 and token.text == ":=":
            rest = [after.text for after in tokens[place + 1 :]]
            if rest[:1] == ["by"] and len(rest) > 1:
                return f"{item[: token.end]} ?_", (steps(hanging(item[tokens[place + 1].end :]), depth=around + 1),)
            return (f"{item[: token.end]} ?_", ((Hole(),),)) if rest == [_SORRY] else None
        depth += DEPTH.get(token.text, 0)
    return None


def _obtained(item: str, tokens: Sequence[Token], around: int) -> tuple[Part, ...] | None:
    """`obtain pattern : P := by …` as a `have` of P and an `obtain` from it."""
    depth, colon = 0, None
    for token in tokens:
        if depth == 0 and token.text == ":" and colon is None:
            colon = token
        if depth == 0 and token.text == ":=" and colon is not None:
            claim = "have this " + item[colon.start :]
            part = _part(claim, list(code(claim)), around)
            if isinstance(part, Tactic) and part.opened:
                return part, Tactic(f"{item[: colon.start].rstrip()} := this")
            return None
        depth += DEPTH.get(token.text, 0)
    return None


def _cases(item: str, tokens: Sequence[Token], around: int) -> tuple[str, tuple[tuple[Part, ...], ...]] | None:
    """`induction n with | zero => … | succ n ih => …` with the goal of every case left."""
    bars = _bars(item, tokens)
    places = {token.start: place + 1 for place, token in enumerate(tokens)}
    opened, parts, at = "", list[tuple[Part, ...]](), 0
    for bar, following in zip(bars, [*bars[1:], None], strict=False):
        end = following.start if following else len(item)
        arrow = _arrow(islice(tokens, places[bar.start], None), end)
        if arrow is None:
            return None
        opened += item[at : arrow.end] + " ?_"
        opened += "\n" + " " * _column(item, end) if following and "\n" in item[bar.start : end] else " "
        at = end
        body = hanging(item[arrow.end : end])
        parts.append((Hole(),) if body in ("?_", "_", "") else steps(body, depth=around + 1))
    return (opened.rstrip(), tuple(parts)) if parts else None


def _bars(item: str, tokens: Sequence[Token]) -> list[Token]:
    """The `|`s that begin the alternatives: those below each other, or those of one line."""
    depth, bars = 0, list[Token]()
    for token in tokens:
        if token.text == "|" and depth == 0:
            bars.append(token)
        depth += DEPTH.get(token.text, 0)
    first = [bar for bar in bars if not item[: bar.start].rpartition("\n")[2].strip()]
    if "\n" in item and first:
        column = _column(item, first[0].start)
        return [bar for bar in first if _column(item, bar.start) == column]
    return bars if "\n" not in item else []


def _arrow(tokens: Iterator[Token], end: int) -> Token | None:
    """The first `=>` before offset `end` that is in no brackets."""
    depth = 0
    for token in tokens:
        if token.start >= end:
            return None
        if token.text == "=>" and depth == 0:
            return token
        depth += DEPTH.get(token.text, 0)
    return None


def _terms(item: str, tokens: Sequence[Token]) -> tuple[str, tuple[tuple[Part, ...], ...]] | None:
    """Every `by sorry`, and every `sorry` that stands for a term, as `?_`."""
    opened, at, holes = "", 0, 0
    for place, token in enumerate(tokens):
        if token.text != _SORRY or place == 0:
            continue
        at_first = place - 1 if tokens[place - 1].text == "by" else place
        first = tokens[at_first]
        before = tokens[at_first - 1].text if at_first else ""
        if before not in _BEFORE_HOLE:
            return None
        opened += item[at : first.start] + "?_"
        at, holes = token.end, holes + 1
    opened += item[at:]
    head = tokens[0]
    if head.text == "exact":  # it takes no `?_`
        opened = "refine" + opened[head.end :]
    return opened, ((Hole(),),) * holes


def _column(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)
