"""What a tactic block may hold when it comes from somebody else: tactics, and nothing that reaches beyond them.

A text that passes cannot close the block that it is put into, begin a declaration or any other command, or change an
option outside of itself, whatever its author was told to write. It is judged before Lean sees it. Whether it proves
anything is not decided here: that is for the gate.

Lean's parser, where it understands no more, skips what it does not understand and looks for a command right there;
and a text can be made on which two readers differ about what is a string, a comment or a name. So the words that
begin commands are looked for in the characters, not in the tokens: they may stand nowhere. What could make a reader
skip what comes after the block (comments, strings, quoted names that do not end) has to have a form that leaves no
doubt.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from proofagent.errors import GoalError
from proofagent.goals.commands import DEPTH, KEYWORDS
from proofagent.goals.lexer import BLANK, Kind, Token, scan

MOST_CHARACTERS = 40_000
_MOST_DEPTH = 120
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_SCOPED = frozenset(["open", "set_option"])
"""Commands that are tactics too, where `in` and a tactic come after them."""
_SCOPED_FORM = re.compile(
    r"(?<![^\s(;·])(?:open(?: scoped)?(?: [A-Z][A-Za-z0-9_]*(?:\.[A-Z][A-Za-z0-9_]*)*+)++"
    r"|set_option (?:(?!debug\.)[a-z][A-Za-z0-9_.]*+ (?:true|false|[1-9]\d{2,8}+)|maxHeartbeats 0)) in\s++(?=[a-z(·])"
)
"""What they may look like: what is cut off earlier may be taken for the command, and a limit that is too low for Lean
to get to the end of it (`maxRecDepth 0`) stays set."""
_COMMANDS = (KEYWORDS - _SCOPED - {"/-!"}) | frozenset(
    """
    private protected noncomputable partial nonrec unsafe public local meta module prelude whatsnew
    """.split()  # noqa: SIM905 - as a list it is twelve lines
)
_LONGEST = 2 * max(map(len, _COMMANDS))
_AFTER_TACTICS = frozenset(
    """
    where termination_by termination_by? decreasing_by decreasing_with partial_fixpoint inductive_fixpoint
    coinductive_fixpoint @[
    """.split()  # noqa: SIM905 - as a list it is ten lines
)
"""Begin what belongs to the declaration around the block."""
_PROGRAMS = frozenset(["run_tac", "by_elab", "run_cmd", "run_elab", "run_meta", "unsafe", "include_str", "eval"])
"""Run a program while they are elaborated, in the process that serves all candidates."""
_ADMITS = frozenset(["sorry", "admit", "sorryAx", "native_decide", "bv_decide", "stop"])
"""What no gate accepts: it admits the goal, or it trusts the compiler."""

# Characters that are for certain a part of the name that they stand in, for every version of Lean.
_SURE = r"A-Za-z0-9_'!?\u2080-\u2089\u03b1-\u03ba\u03bc-\u03c9"
_RUN = re.compile(rf"[{_SURE}][{_SURE}.%]*+")
_BROKEN = re.compile(r"(?:^|\.)[\d'!?.]|%")
"""Where a run of such characters is not a name."""
_QUOTED = re.compile(r"«[^«»\"\n]*»")
_PLAIN_STRING = re.compile(r'"(?:[^"\\\n]|\\["\\nt])*"')
_STRAY_QUOTE = re.compile(rf"(?<![{_SURE}])'")
_RAW_STRING = re.compile(r'r#*"')
_HASHED = re.compile(r"#(?!v\[)([A-Za-z_]\w*)")
_CLOSES = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄", "⟦": "⟧", "@[": "]", "`(": ")", "``(": ")"}


def refusal(text: str, *, holes: bool = False) -> str:
    """Why `text`, which has no comments, may not stand as a tactic block; for people and for models. Empty: it may.

    `holes` permits `sorry`, as in a sketch.
    """
    if len(text) > MOST_CHARACTERS:
        return f"it has more than {MOST_CHARACTERS:,} characters"
    if found := _UNPRINTABLE.search(text):
        return f"it has the character U+{ord(found[0]):04X}, which no Lean text has"
    if not text.strip():
        return "it is empty"
    if why := _command(text) or _doubtful(text):
        return why
    try:
        tokens = [token for token in scan(text) if token.kind not in BLANK]
    except GoalError as error:
        return str(error)
    return _brackets(tokens) or _words(tokens, holes=holes)


def _command(text: str) -> str:
    """The word of a command, wherever it stands: in a string and in a quoted name too."""
    if found := _HASHED.search(text):
        return _says(found[0])
    for run in _RUN.finditer(text):
        if run[0] in _SCOPED:
            if not _SCOPED_FORM.match(text, run.start()):
                return f"`{run[0]}` is taken only as `{run[0]} … in` on one line before a tactic"
            continue
        for word in _beginnings(run[0], text[run.start() - 1 : run.start()]):
            if word in _COMMANDS or word in _SCOPED:
                return _says(word)
    return ""


def _says(word: str) -> str:
    return f"`{word}` begins or ends a command; only tactics are taken"


def _beginnings(run: str, before: str) -> Iterator[str]:
    """The words that a parser can see at the beginning of a run of characters that may all be one name.

    It begins at the first of them; at the second, when it skips one that it does not understand; and anywhere behind
    what no name goes on with: a quote, an escape, or a digit, where a literal may end or be broken off.
    """
    anywhere = before in ("'", "\\") or _BROKEN.search(run) or _BROKEN.search(run[1:])
    for start in range(len(run)) if anywhere else (0, 1):
        word = run[start : start + _LONGEST].lstrip(".").partition(".")[0].partition("%")[0]
        yield word
        yield word + "%"


def _doubtful(text: str) -> str:
    """What might be a comment, a string or a quoted name that does not end where it seems to."""
    if "--" in text or "/-" in text:
        return "it has a comment in a place where comments are not taken out"
    if found := re.search("[«»]", _QUOTED.sub("", text)):
        return f"its `{found[0]}` is not one of a pair around a name"
    if '"' not in text:
        return ""
    rest = _PLAIN_STRING.sub("", text)
    if '"' in rest or "\\" in rest or "«" in text or _STRAY_QUOTE.search(rest) or _RAW_STRING.search(text):
        return 'it has a string that is not of the form "…" in one line'
    return ""


def _brackets(tokens: list[Token]) -> str:
    """Whether every bracket closes what was opened in the text itself."""
    open_: list[str] = []
    for token in tokens:
        if token.kind is not Kind.SYMBOL:
            continue
        change = DEPTH.get(token.text, 0)
        if change > 0:
            open_.append(token.text)
        elif change < 0 and (not open_ or _CLOSES.get(open_.pop()) != token.text.rstrip("'")):
            return f"its `{token.text}` closes a bracket that it did not open"
        if len(open_) > _MOST_DEPTH:
            return f"it nests brackets more than {_MOST_DEPTH} deep"
    return f"its `{open_[-1]}` is never closed" if open_ else ""


def _words(tokens: list[Token], *, holes: bool) -> str:
    for token, after in pairwise([*tokens, Token(Kind.SPACE, "", 0)]):
        if token.kind not in (Kind.IDENTIFIER, Kind.SYMBOL):
            continue
        word = token.text.replace("«", "").replace("»", "")
        if word in _AFTER_TACTICS:
            return f"`{word}` belongs to the declaration around the tactics"
        if token.text == "'":
            return "it has a quote that belongs to nothing"
        if word in _PROGRAMS and (word != "eval" or after.text == "%"):
            return f"`{word}` runs a program; only tactics are taken"
        native = word == "+" and after.text == "native"
        admits = native or word in _ADMITS or word.rpartition(".")[2] == "sorryAx"
        if admits and not (holes and word == "sorry"):
            return f"`{word}{'native' if native else ''}` proves nothing that is accepted"
    return ""
