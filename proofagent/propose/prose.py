"""Lean among prose: which lines of an answer may be Lean, and what stands around a tactic in a list.

Every repetition in a pattern below is possessive or bounded, or begins in one place only, so that a line is read in one
pass whatever is in it.
"""

import re
import textwrap

from proofagent.errors import GoalError
from proofagent.goals.lexer import Kind, scan, uncommented
from proofagent.propose.blocks import CONTINUES

_NUMBER = r"(?:\(?\d{1,3}[.):]|[a-z][.)])"
_LABEL = r"(?:tactic|step|answer|candidate|option|proof|solution)(?: *+#?\d{1,3})?"
MARK = re.compile(
    rf" *+(?:(?:[-*+•]|\#{{1,6}}|{_NUMBER}) ++|{_LABEL} *+: *+|\*\*(?:{_NUMBER}|{_LABEL}[.):]?)\*\*[.:]?(?: ++|$))",
    re.IGNORECASE,
)
_REMARK = re.compile(r" *+(?:[-–—:#(.,;]|$)")

_DECLARES = re.compile(
    r"(?:@\[|(?:(?:private|protected|noncomputable|nonrec|unsafe|partial) +)*+"
    r"(?:theorem|lemma|example|def|instance|abbrev)\b)"
)
_STARTS = re.compile(
    rf"{_DECLARES.pattern}|:=|(?:import|open|set_option|namespace|section|end|universe|variable|have|suffices|obtain)\b"
)
_TACTIC_START = re.compile(r"[a-z_·(⟨{<@λ]")
_ENGLISH = re.compile(
    r"(?:we|so|it|its|the|this|that|these|since|because|thus|hence|therefore|note|now|here|to|in|for|and|but|or|then)\b"
    r"|(?:first|next|finally|also|otherwise),"
)
"""Words with which no tactic begins."""
_GOES_ON = (":=", " by", "=>", "(", "⟨", "[", ",", "<|", "↦", "→", "∧", "∨", " :", "=")
"""Behind one of these at the end of a line a term follows, which may begin with a capital."""


def without_prose(text: str) -> str:
    """The lines of `text` that may be Lean, without marks of lists; what is indented belongs to what it stands under.

    A line is prose where it begins or ends as sentences do, or where a sentence of the line above goes on in it.
    """
    kept, lean, sentence = [""], False, False
    for line in textwrap.dedent(without_remarks(text)).split("\n"):
        if not line.strip():
            sentence = False
        elif not (lean and line.startswith(" ")):
            item = line if line.startswith(" ") else unlisted(line)
            goes_on = lean and (line.startswith(CONTINUES) or kept[-1].endswith(_GOES_ON))
            lean = goes_on or (bool(_DECLARES.match(item)) if sentence else is_plausible(item.strip()))
            sentence = not lean and " " in line.strip() and not line.startswith("#") and line.rstrip()[-1] not in ".:!?"
            line = item  # noqa: PLW2901
        if lean:
            kept.append(line)
    return "\n".join(kept)


def is_plausible(line: str) -> bool:
    """Whether a line outside every fence may begin a tactic or a declaration."""
    if line.endswith(".") and not line.endswith(" .."):
        return False
    begins = _TACTIC_START.match(line) and not _ENGLISH.match(line) and not line.endswith(":")
    return bool(_STARTS.match(line) or begins)


def is_sentence(text: str) -> bool:
    """Whether `text` begins and ends as sentences do and as no text of Lean does."""
    text = text.strip()
    return text[:1].isupper() and text.endswith((".", "!", "?", ":")) and " " in text


def unlisted(item: str) -> str:
    """An item of a list without its mark, and out of the backticks or stars around it without the remark behind."""
    at = 0
    for _ in range(3):  # `1. **Tactic 1:** - simp` has as many as anybody writes
        mark = MARK.match(item, at)
        at = mark.end() if mark else at
    item = item[at:].strip()
    for quote in ("***", "**", "``", "`", "*"):
        if item.startswith(quote):
            inside, end, remark = item[len(quote) :].partition(quote)
            if end and inside.strip() and _REMARK.match(remark):
                item = inside.strip()
    return item


def without_remarks(text: str) -> str:
    """`text` without its comments and doc comments, or as it is where it may be no Lean."""
    try:
        return without_docs(uncommented(text))
    except GoalError:
        return text


def without_docs(text: str) -> str:
    """`text` without doc comments, which hold prose and may stand where no tactic can. Errors as `scan`."""
    return "".join(t.text for t in scan(text) if t.kind is not Kind.DOC) if "/-" in text else text
