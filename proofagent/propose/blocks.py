"""Blocks of tactics as people and models write them, cut into steps that can be taken one by one.

A block is Lean text whose tactics begin in column 0. What it leaves unproved (`sorry`) becomes a goal, and so does
what it proves on the side: the proof of a `have`, each case of an `induction`. Only the text is looked at; whether a
step does what its text promises is found out by taking it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proofagent.goals.commands import DEPTH
from proofagent.goals.lexer import Kind, Token, code, column, scan, uncommented
from proofagent.proof.script import one_tactic

_SORRY = "sorry"
_MOST_DEPTH = 40
CONTINUES = ("|", "<;>", ")", "]", "⟩", "}", "<|", "|>")
"""A line that begins like this belongs to the tactic before it, whatever its column."""
_INNER = frozenset(["at", "with", "using", "from", "then", "else", "by", "generalizing", "only", "in", "_"])
"""Words that begin no tactic; `_` is the next step of a `calc`."""
_OPENERS = frozenset(["·", "(", "{", "⟨", "[", "@", "#"])
"""Symbols that are no operators: what they begin is not a part of the term before it, unless it is moved in."""
_AWAITS = ("<;>", "<|>", "<|", "|>", ":=", ",")
"""What a line ends with whose tactic goes on."""
_SIDE_PROOF = frozenset(["have", "haveI"])
_ASIDE = ("have ", "haveI ", "let ", "letI ", "suffices ")
_BY_CASES = frozenset(["induction", "cases", "match", "rcases"])
_BEFORE_HOLE = frozenset([":=", "(", ",", "⟨", "from", "exact", "refine", "<|", "=>"])
_BARE = frozenset(["exact", "refine", "by", "(", ")", "{", "}", _SORRY])
_TACTICALS = frozenset(["all_goals", "any_goals", "try", "first", "repeat", "repeat'", "iterate", "focus"]) | frozenset(
    ["case", "case'", "next", "(", "{"]
)
"""Heads of what takes tactics, where `(sorry)` stands for one and not for a term."""
_Opened = tuple[str, tuple[tuple["Part", ...], ...]]
_BULLET = re.compile(r"(?:·|\.(?=\s|\Z)) *")


@dataclass(frozen=True, slots=True)
class Hole:
    """A goal that the block leaves open."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """`· …`, and what means the same: the steps that close the first goal."""

    steps: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Tactic:
    """A step. `text` as it was written; it cannot be taken like that where it `admits` (has a `sorry` in it).

    `opened`, where there is one, has `?_` in place of its inner proofs, `parts` are these, in the order of the text; of
    a `case` or `next` it is the step that leads into its only part. It never admits, and there is none without parts.
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
    """`text` without empty lines, moved so that its leftmost line begins in column 0.

    A `<;>` at the beginning of a line has no say in that: it may stand left of the tactics that it joins.
    """
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    margins = [len(line) - len(line.lstrip(" ")) for line in lines]
    leading = [margin for line, margin in zip(lines, margins, strict=True) if not line.startswith("<;>", margin)]
    least = min(leading or margins, default=0)
    return "\n".join(line[min(margin, least) :] for line, margin in zip(lines, margins, strict=True))


def hanging(text: str) -> str:
    """As `dedented`, for a block whose first line stands behind something and so has no indentation of its own."""
    first, _, rest = text.partition("\n")
    rest = dedented(rest)
    return first.strip() + "\n" + rest if first.strip() and rest else first.strip() or rest


def items(block: str) -> Iterator[str]:
    """The tactics of `block` without comments: it is cut where a new one begins in column 0, outside of brackets.

    Errors as `steps`.
    """
    block = uncommented(block)
    starts, depth, at_start, end = [0], 0, False, 0
    for token in scan(block):
        if token.kind is Kind.NEWLINE:
            at_start = True
            continue
        if token.kind is Kind.SPACE:
            at_start = False
            continue
        if at_start and depth <= 0 and not (_continues(block, token) or block.endswith(_AWAITS, 0, end)):
            starts.append(token.start)
        at_start, end = False, token.end
        depth += DEPTH.get(token.text, 0)
    for start, stop in zip(starts, [*starts[1:], len(block)], strict=True):
        if item := block[start:stop].strip():
            yield _moved_in(item)


def _continues(block: str, token: Token) -> bool:
    """Whether a line that begins with `token` in column 0 belongs to the tactic before it.

    Lean goes on with a term or a tactic at an operator in any column; the words are those that begin no tactic.
    """
    if block.startswith(CONTINUES, token.start):
        return True
    if token.text == ".":
        return _BULLET.match(block, token.start) is None
    return token.text in _INNER or (token.kind is Kind.SYMBOL and token.text not in _OPENERS)


def _moved_in(item: str) -> str:
    """`item` as one tactic. Lines that are moved in already stay: `(a` and ` b)` below it are aligned."""
    lines = [line.rstrip() for line in item.split("\n") if line.strip()]
    return "\n".join(lines) if all(line.startswith(" ") for line in lines[1:]) else one_tactic(item)


def _parts(item: str, depth: int) -> tuple[Part, ...]:
    """An item as steps: one, as a rule.

    An `obtain` that proves first what it takes apart is two; brackets around tactics, of which one is a `sorry`, are
    taken off.
    """
    tokens = list(code(item))
    if tokens and tokens[0].text == "obtain" and (found := _obtained(item, tokens, depth)):
        return found
    part = _part(item, tokens, depth)
    if isinstance(part, Tactic) and part.admits and _is_bracketed(tokens):
        inside = steps(_inside(item[: tokens[-1].start], tokens[0].end), depth=depth + 1)
        return inside if tokens[0].text == "(" else (Bullet(inside),)
    return (part,)


def _part(item: str, tokens: Sequence[Token], depth: int) -> Part:
    if bullet := _BULLET.match(item):
        return Bullet(steps(_inside(item, bullet.end()), depth=depth + 1))
    words = [token.text for token in tokens]
    if words.count(_SORRY) == 1 and _BARE.issuperset(words):
        return Hole()
    admits, open_ = _SORRY in words, _SORRY in words or "\n" in item
    if open_ and words[:2] == ["next", "=>"]:
        return Bullet(steps(_inside(item, tokens[1].end), depth=depth + 1))
    case = words[1] if words[:1] == ["case"] and len(words) > 1 else ""
    found = _opened(item, tokens, depth) if open_ else None
    if found is None and admits and words[0] not in _TACTICALS:
        found = _terms(item, tokens)
    if found and has_hole(found[0]):  # a `sorry` in a statement, or in what is taken apart, is no goal
        found = None
    return Tactic(item, admits, *(found or ("", ())), case=case)


def _opened(item: str, tokens: Sequence[Token], depth: int) -> _Opened | None:
    """An item that holds blocks of tactics, with the goals of these left."""
    head = tokens[0].text if tokens else ""
    if head in _BY_CASES:
        return _cases(item, tokens, depth)
    if head in _SIDE_PROOF:
        return _side_proof(item, tokens, depth)
    return _named(item, tokens, depth) if head in ("case", "next") else None


def _is_bracketed(tokens: Sequence[Token]) -> bool:
    """Whether one pair of brackets is around all tokens."""
    if (tokens[0].text, tokens[-1].text) not in (("(", ")"), ("{", "}")):
        return False
    depth = 0
    for token in tokens[:-1]:
        depth += DEPTH.get(token.text, 0)
        if depth <= 0:
            return False
    return True


def _named(item: str, tokens: Sequence[Token], around: int) -> _Opened | None:
    """`case tag names => …` or `next names => …`: the names are given by a step of their own.

    A `case` without names takes a step that does nothing, at the goal that it names.
    """
    arrow = next((place for place, token in enumerate(tokens) if token.text == "=>"), 0)
    first = 2 if tokens[0].text == "case" else 1
    if arrow < first or any(token.kind is not Kind.IDENTIFIER for token in tokens[1:arrow]):
        return None
    names = " ".join(token.text for token in tokens[first:arrow])
    body = steps(_inside(item, tokens[arrow].end), depth=around + 1)
    return (f"rename_i {names}" if names else "skip", (body,)) if body else None


def _inside(item: str, start: int) -> str:
    """What hangs behind offset `start` of `item`, its first line in the column that it has there."""
    return dedented(" " * column(item, start) + item[start:])


def _side_proof(item: str, tokens: Sequence[Token], around: int) -> _Opened | None:
    """`have h : P := by …` with the goal of its proof left."""
    depth = 0
    for place, token in enumerate(tokens):
        if depth == 0 and token.text == ":=":
            rest = [after.text for after in tokens[place + 1 :]]
            if rest[:1] == ["by"] and len(rest) > 1:
                return f"{item[: token.end]} ?_", (steps(_inside(item, tokens[place + 1].end), depth=around + 1),)
            return (f"{item[: token.end]} ?_", ((Hole(),),)) if rest in ([_SORRY], ["(", _SORRY, ")"]) else None
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
                taken = item[: colon.start].rstrip()
                return part, Tactic(f"{taken} := this", has_hole(taken))
            return None
        depth += DEPTH.get(token.text, 0)
    return None


def _cases(item: str, tokens: Sequence[Token], around: int) -> _Opened | None:
    """`induction n with | zero => … | succ n ih => …` with the goal of every case left."""
    bars = _bars(item, tokens)
    places = {token.start: place + 1 for place, token in enumerate(tokens)}
    opened, parts, at = "", list[tuple[Part, ...]](), 0
    for bar, following in zip(bars, [*bars[1:], None], strict=False):
        end = following.start if following else len(item)
        arrow = _arrow(tokens, places[bar.start], end)
        if arrow is None:
            return None
        opened += item[at : arrow.end] + " ?_"
        opened += "\n" + " " * column(item, end) if following and "\n" in item[bar.start : end] else " "
        at = end
        body = _inside(item[:end], arrow.end)
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
        left = column(item, first[0].start)
        return [bar for bar in first if column(item, bar.start) == left]
    return bars if "\n" not in item else []


def _arrow(tokens: Sequence[Token], place: int, end: int) -> Token | None:
    """The first `=>` at `place` or behind it and before offset `end` that is in no brackets."""
    depth = 0
    while place < len(tokens) and tokens[place].start < end:
        token = tokens[place]
        if token.text == "=>" and depth == 0:
            return token
        depth += DEPTH.get(token.text, 0)
        place += 1
    return None


def _terms(item: str, tokens: Sequence[Token]) -> _Opened | None:
    """Every `by sorry`, and every `sorry` that stands for a term, as `?_`."""
    opened, at, holes, depth = "", 0, 0, 0
    for place, token in enumerate(tokens):
        depth += DEPTH.get(token.text, 0)
        if token.text in (";", "<;>") and depth == 0:
            return None  # more than one tactic, and goals that nobody has counted
        if token.text != _SORRY:
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
