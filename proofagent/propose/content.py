"""What a tactic block may hold when it comes from somebody else: tactics, and nothing that reaches beyond them.

A text that passes cannot close the block that it is put into, begin a declaration or any other command, or change an
option outside of itself, whatever its author was told to write. It is judged by its tokens alone, before Lean sees
it. Whether it proves anything is not decided here: that is for the gate.
"""

import re

from proofagent.errors import GoalError
from proofagent.goals.commands import DEPTH, KEYWORDS, split
from proofagent.goals.lexer import BLANK, Kind, Token, scan

MOST_CHARACTERS = 40_000
_MOST_DEPTH = 120
_FRAME = "theorem proofagent_frame : True := by\n  "
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
# Lean's parser ends a tactic where it understands no more, and looks for a command right there, also behind an error:
# so the first token of a command may stand nowhere, neither in the middle of a line nor inside of brackets.
_COMMANDS = KEYWORDS | frozenset(
    """
    private protected noncomputable partial nonrec public scoped local @[ module prelude where termination_by
    decreasing_by decreasing_with whatsnew
    """.split()  # noqa: SIM905 - as a list it is twenty lines
)
# What runs a program while it is elaborated, in the process that serves all candidates.
_PROGRAMS = frozenset(["run_tac", "by_elab", "run_cmd", "run_elab", "run_meta", "unsafe", "eval%", "include_str"])
# What no gate accepts: it admits the goal, or it trusts the compiler.
_ADMITS = frozenset(["sorry", "admit", "sorryAx", "native_decide", "bv_decide", "stop"])
_SCOPED = frozenset(["open", "set_option"])
"""Commands that are tactics too, where `in` comes after them."""


def refusal(text: str, *, holes: bool = False) -> str:
    """Why `text` may not stand as a tactic block, for people and for models; empty where it may.

    `holes` permits `sorry`, as in a sketch.
    """
    if len(text) > MOST_CHARACTERS:
        return f"it has more than {MOST_CHARACTERS:,} characters"
    if found := _UNPRINTABLE.search(text):
        return f"it has the character U+{ord(found[0]):04X}, which no Lean text has"
    if not text.strip():
        return "it is empty"
    try:
        tokens = list(scan(text))
    except GoalError as error:
        return str(error)
    return _brackets(tokens) or _words(tokens, holes=holes) or _frame(text)


def _brackets(tokens: list[Token]) -> str:
    """Whether every bracket closes what was opened in the text itself."""
    open_: list[str] = []
    for token in tokens:
        if token.kind is not Kind.SYMBOL:
            continue
        change = DEPTH.get(token.text, 0)
        if change > 0:
            open_.append(token.text)
        elif change < 0 and (not open_ or _CLOSES.get(open_.pop()) != token.text):
            return f"its `{token.text}` closes a bracket that it did not open"
        if len(open_) > _MOST_DEPTH:
            return f"it nests brackets more than {_MOST_DEPTH} deep"
    return f"its `{open_[-1]}` is never closed" if open_ else ""


_CLOSES = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄", "⟦": "⟧", "@[": "]", "`(": ")", "``(": ")"}


def _words(tokens: list[Token], *, holes: bool) -> str:
    if any(token.kind is Kind.COMMENT and token.text.startswith("/-") for token in tokens):
        return "a block comment has no place in it"  # readers differ about where some of them end
    visible = [token for token in tokens if token.kind not in BLANK]
    if not visible:
        return "it is empty"
    scoped = _scoped(visible)
    for token, after in zip(visible, [*visible[1:], None], strict=True):
        if token.start not in scoped and (why := _word(token, after, holes=holes)):
            return why
    return ""


def _word(token: Token, after: Token | None, *, holes: bool) -> str:
    word = token.text.replace("«", "").replace("»", "")
    if token.kind is Kind.DOC:
        return "a doc comment begins a declaration"
    if token.kind not in (Kind.IDENTIFIER, Kind.SYMBOL):
        return ""
    native = word == "+" and after is not None and after.text == "native"
    if word in _ADMITS or native or word.rpartition(".")[2] == "sorryAx":
        return (
            "" if holes and word == "sorry" else f"`{word}{'native' if native else ''}` proves nothing that is accepted"
        )
    if word in _PROGRAMS:
        return f"`{word}` runs a program; only tactics are taken"
    hashed = word == "#" and after is not None and after.start == token.end and after.kind is Kind.IDENTIFIER
    if word in _COMMANDS or hashed:
        return f"`{word}{after.text if hashed and after else ''}` begins or ends a command; only tactics are taken"
    return ""


def _scoped(visible: list[Token]) -> set[int]:
    """Where an `open` or `set_option` stands that ends in `in` before its line does, so that it is a tactic."""
    found = set[int]()
    for place, token in enumerate(visible):
        if token.text not in _SCOPED:
            continue
        rest = visible[place + 1 : place + 12]
        ends = next((i for i, after in enumerate(rest) if after.text in ("in", "by", ";", "=>") or _odd(after)), None)
        debugging = rest and rest[0].text.replace("«", "").startswith("debug")
        if ends is not None and ends > 0 and rest[ends].text == "in" and not debugging:
            found.add(token.start)
    return found


def _odd(token: Token) -> bool:
    return token.kind not in (Kind.IDENTIFIER, Kind.NUMBER, Kind.STRING) and token.text not in ("(", ")")


def _frame(text: str) -> str:
    """Whether the text, put where it is meant for, stays a part of the declaration around it."""
    whole = _FRAME + text.replace("\n", "\n  ")
    found = list(split(whole))
    if len(found) != 1 or found[0].keyword != "theorem" or found[0].end < len(whole.rstrip()) - _trailing(text):
        return "it holds a command; only tactics are taken"
    return ""


def _trailing(text: str) -> int:
    """Length of the comments and blanks at the end of `text`, which belong to no command."""
    size = 0
    for token in scan(text):
        size = size + len(token.text) if token.kind in BLANK else 0
    return size + 2 * text.count("\n")
