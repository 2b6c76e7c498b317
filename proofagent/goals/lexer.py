"""The tokens of Lean 4 text, without Lean: enough to tell code from comments and strings and to find brackets.

The text is only cut, never changed: the tokens' texts, joined, are the text. One pass, linear in its length.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from proofagent.errors import GoalError

BOM = "\ufeff"


class Kind(StrEnum):
    """What a token is."""

    COMMENT = "comment"
    """``-- …`` without the end of line, or ``/- … -/``, nested."""
    DOC = "doc"
    """``/-- … -/`` or ``/-! … -/``."""
    STRING = "string"
    """Plain, raw, or interpolated with all that its braces hold."""
    CHAR = "char"
    IDENTIFIER = "identifier"
    """A name with its dots, keywords included; a quoted name has its backticks."""
    NUMBER = "number"
    SYMBOL = "symbol"
    NEWLINE = "newline"
    SPACE = "space"


BLANK = frozenset({Kind.SPACE, Kind.NEWLINE, Kind.COMMENT})
"""What Lean skips between tokens."""


class Token(NamedTuple):
    """A piece of text; `start` is its offset in code points. A tuple, because there are millions of them."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


# Lean's own classes of characters (`isIdFirst`, `isIdRest`): λ, Π and Σ are symbols.
_FIRST = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u0391-\u039f\u03a1-\u03a2\u03a4-\u03a9\u03b1-\u03ba\u03bc-\u03fb"
    "\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
)
_REST = _FIRST + "0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"
_PART = f"(?:«[^«»\\n]*+»|[{_FIRST}][{_REST}]*+)"
_NAME = rf"{_PART}(?:\.{_PART})*+"

# Symbols that must not fall apart because a part of them means something to this package.
_SYMBOLS = (
    *("|||", "||", "<;>", "<|>", "<|", "|>.", "|>", ">=>", "<=<", "<=>", "==>", "=>", "::", ":=", "<-", "->"),
    *("@[", "]'", "⁻¹'", "''", "``(", "`("),
)

_TOKEN = re.compile(
    rf"""
      (?P<newline>\r?\n)
    | (?P<space>(?:(?!\r\n)[^\S\n]|{BOM})++)
    | (?P<comment>--[^\r\n]*+(?:\r(?!\n)[^\r\n]*+)*+)
    | (?P<block>/-[-!]?)
    | (?P<raw>r\#*+")
    | (?P<interpolated>[sfm]!")
    | (?P<string>")
    | (?P<char>'(?:\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|[^xu\n])|[^'\\\n])')
    | (?P<identifier>`{{0,2}}{_NAME})
    | (?P<number>0[xX][0-9a-fA-F_]++|0[bB][01_]++|0[oO][0-7_]++|[0-9][0-9_]*+(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+)
    | (?P<symbol>{"|".join(map(re.escape, _SYMBOLS))}|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/-|-/")
_PLAIN_REST = re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_INTERPOLATED_REST = re.compile(r'(?:[^"\\{]++|\\.)*+["{]', re.DOTALL)
_WHOLE = {kind.value: kind for kind in Kind if kind not in {Kind.DOC, Kind.STRING}}  # groups that are whole tokens
_IN_STRING = -1


def tokens(text: str) -> list[Token]:
    """All tokens of `text`.

    Raises GoalError with line and column where a comment or a string does not end.
    """
    return list(scan(text))


def scan(text: str, start: int = 0, stop: int | None = None) -> Iterator[Token]:
    """The tokens of ``text[start:stop]`` one after the other, with offsets into `text`; errors as `tokens`."""
    stop = len(text) if stop is None else stop
    while start < stop:
        token = _token(text, start, stop)
        yield token
        start += len(token.text)


def code(text: str, start: int = 0, stop: int | None = None) -> Iterator[Token]:
    """The tokens of `scan` that are not blank: what Lean's parser sees."""
    return (token for token in scan(text, start, stop) if token.kind not in BLANK)


def sorries(text: str) -> list[Token]:
    """Every `sorry` outside comments and strings; errors as `tokens`."""
    return [token for token in scan(text) if token.text == "sorry" and token.kind is Kind.IDENTIFIER]


def without_comments(text: str) -> str:
    """`text` with a blank for every comment, and none at the end of a line; errors as `tokens`."""
    kept = "".join(" " if token.kind is Kind.COMMENT else token.text for token in scan(text))
    return "\n".join(line.rstrip() for line in kept.split("\n"))


def uncommented(text: str) -> str:
    """As `without_comments`; `text` as it is where it has no comment, or cannot be read to its end."""
    try:
        return without_comments(text) if "--" in text or "/-" in text else text
    except GoalError:
        return text


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line (from 1) and the column (from 0, in code points) of an offset, as Lean counts them."""
    return text.count("\n", 0, offset) + 1, column(text, offset)


def column(text: str, offset: int) -> int:
    """The column of an offset, from 0, in code points."""
    return offset - (text.rfind("\n", 0, offset) + 1)


class Lines:
    """The lines of a text, for many questions about places in it."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        """The offsets at which lines begin."""

    def place(self, offset: int) -> tuple[int, int]:
        """As `line_and_column`."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1]

    def offset(self, line: int, column: int) -> int | None:
        """The offset of a place that Lean names; None where the text has no such line."""
        return self.starts[line - 1] + column if 0 < line <= len(self.starts) else None


def where(text: str, offset: int) -> str:
    """``line:column`` for messages."""
    return "{}:{}".format(*line_and_column(text, offset))


def components(name: str) -> list[str]:
    """The parts of a dotted name; a dot inside ``«…»`` does not part."""
    return re.findall(r"«[^»]*»|[^.«»]+", name)


def _token(text: str, start: int, stop: int) -> Token:
    match = _TOKEN.match(text, start, stop)
    assert match is not None, "the last alternative matches every character"
    group, end = match.lastgroup or "", match.end()
    kind = _WHOLE.get(group)
    if kind is not None:
        return Token(kind, match[0], start)
    if group == "block":
        comment = Kind.DOC if end - start == len("/--") else Kind.COMMENT
        return Token(comment, text[start : _comment_end(text, start, end, stop)], start)
    string_end = _interpolated_end if group == "interpolated" else _string_end
    return Token(Kind.STRING, text[start : string_end(text, start, end, stop)], start)


def _comment_end(text: str, start: int, inside: int, stop: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, inside, stop):
        depth += 1 if edge[0] == "/-" else -1
        if depth == 0:
            return edge.end()
    raise GoalError("the comment that begins here does not end", where=where(text, start))


def _string_end(text: str, start: int, inside: int, stop: int) -> int:
    """The end of the plain or raw string whose opening quote stands before `inside`."""
    if text[start] == "r":
        closing = '"' + "#" * (inside - start - 2)
        found = text.find(closing, inside, stop)
        end = found + len(closing) if found >= 0 else -1
    else:
        match = _PLAIN_REST.match(text, inside, stop)
        end = match.end() if match else -1
    if end < 0:
        raise GoalError("the string that begins here does not end", where=where(text, start))
    return end


def _interpolated_end(text: str, start: int, inside: int, stop: int) -> int:
    """The end of an interpolated string: its braces hold terms, and these may hold such strings again."""
    nesting = [_IN_STRING]  # what we are in, outermost first: a string, or braces and how many are open there
    while inside < stop:
        if nesting[-1] == _IN_STRING:
            match = _INTERPOLATED_REST.match(text, inside, stop)
            if match is None:
                break
            inside = match.end()
            if text[inside - 1] == "{":
                nesting.append(1)
                continue
            nesting.pop()
            if not nesting:
                return inside
            continue
        head = _TOKEN.match(text, inside, stop)
        if head and head.lastgroup == "interpolated":
            nesting.append(_IN_STRING)
            inside = head.end()
            continue
        token = _token(text, inside, stop)
        inside = token.end
        nesting[-1] += {"{": 1, "}": -1}.get(token.text, 0)
        if nesting[-1] == 0:
            nesting.pop()
    raise GoalError("the string that begins here does not end", where=where(text, start))
