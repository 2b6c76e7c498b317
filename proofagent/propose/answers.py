"""Reading what models write: proofs and tactics out of fences, prose, lists, JSON and repeated theorems.

Tolerant about everything around the Lean text and about nothing in it: whatever is found here still has to pass
`propose.content`.
"""

import re
from collections.abc import Iterator

from proofagent.errors import GoalError
from proofagent.goals.commands import Command, split
from proofagent.goals.declarations import declared_name, statement_stop
from proofagent.goals.lexer import code, without_comments
from proofagent.proof.script import one_tactic
from proofagent.propose.blocks import CONTINUES, dedented, hanging, items
from proofagent.propose.pieces import Piece, cleaned, pieces
from proofagent.propose.prose import (
    MARK,
    is_plausible,
    is_sentence,
    unlisted,
    without_docs,
    without_prose,
    without_remarks,
)

_MOST_FOUND = 64
_PROVES = frozenset(["theorem", "lemma", "example", "def", "instance", "abbrev"])
_COMMAND = re.compile(r"(?:import|open|set_option|namespace|section|end|universe|variable)\b(?!.*\bin\b)")
"""A line with a command that proves nothing. With `in` it is a tactic."""


def proofs(answer: str, name: str = "") -> list[str]:
    """The proofs in `answer`, as blocks of tactics without comments, the likeliest first.

    Models think aloud and give their proof last, so the last block of Lean comes first. Of a text with several
    declarations the one called `name` is taken, or else the last. Raises nothing; what is no text of Lean gives none.
    """
    found: dict[str, None] = {}
    for piece in reversed(pieces(cleaned(answer))):
        lean = piece.text if piece.kind == "fence" else without_prose(piece.text)
        text = piece.text if piece.kind == "string" and lean.strip() else lean
        if len(found) < _MOST_FOUND and not is_sentence(text) and (block := _proof(text, name)):
            found[block] = None
    return list(found)


def tactics(answer: str) -> list[str]:
    """The tactics in `answer`, each a candidate of its own, in their order, without repetition.

    JSON with the tactics, a fence each, or a line each with or without a number. A line that is indented belongs to
    the one before it. Raises nothing.
    """
    found: dict[str, None] = {}
    for piece in pieces(cleaned(answer)):
        for tactic in _listed(piece):
            if len(found) < _MOST_FOUND and not is_sentence(tactic) and (bare := _bare(tactic)):
                found[_shaped(bare)] = None
    return list(found)


def _proof(text: str, name: str) -> str:
    """The block of tactics in `text`: the proof of its declaration, or all of it where it declares nothing."""
    try:
        text = without_docs(without_comments(text))
        declarations = [c for c in split(text) if c.keyword in _PROVES]
        if declarations:
            named = [c for c in declarations if f".{name}".endswith(f".{declared_name(text, c)}")]
            return _after_statement(text, (named or declarations)[-1])
        return _body(_without_commands(text))
    except GoalError:
        return ""  # cut off in the middle of a comment or string


def _after_statement(text: str, command: Command) -> str:
    rest = text[statement_stop(text, command) : command.end]
    return _body(rest) if rest.startswith(":=") else ""


def _without_commands(text: str) -> str:
    """`text` without the lines that are commands about what is around a proof."""
    return "\n".join(line for line in text.split("\n") if not _COMMAND.match(line))


def _body(text: str) -> str:
    """`text` as tactics: without the `:=` and `by` that lead to them; a term is given to `exact`."""
    lead = re.match(r"\s*+:=", text)
    text = text[lead.end() :] if lead else text
    first = next(code(text), None)
    if first is None:
        return ""
    if first.text == "by":
        return hanging(text[first.end :])
    if lead:
        return one_tactic("exact " + hanging(text))
    block = dedented(text)
    term = first.text in ("fun", "λ", "⟨", "@") or block.startswith("(by")
    return one_tactic("exact " + block) if term else block


def _listed(piece: Piece) -> Iterator[str]:
    """The tactics of a list, a line each; a fence in which no line has a mark may hold one tactic of many lines."""
    if piece.kind == "string":
        yield unlisted(piece.text)
        return
    fenced, text = piece.kind == "fence", without_remarks(piece.text)
    marked = any(map(MARK.match, text.split("\n")))
    if not fenced and not marked:
        text = without_prose(text)
    found = list[list[str]]()
    for line in filter(str.strip, text.split("\n")):
        # Inside of a fence what is indented goes on with a term: `  * x` begins nothing.
        mark = MARK.match(line) and not (fenced and line.startswith(" "))
        quoted = not fenced and line.lstrip().startswith("`")
        if found and not mark and not quoted and line.startswith(("  ", *CONTINUES)):
            if fenced or not is_sentence(line):
                found[-1].append(line)
        elif fenced or mark or quoted or not marked:
            found.append([line])
    for lines in found:
        tactic = unlisted("\n".join(lines))
        if fenced or is_plausible(tactic):
            yield tactic


def _shaped(tactic: str) -> str:
    """One tactic with its further lines moved in; several below each other stay a block."""
    try:
        return one_tactic(tactic) if len(list(items(tactic))) < 2 else tactic
    except GoalError:
        return one_tactic(tactic)


def _bare(tactic: str) -> str:
    """A tactic without comments and without the `by` that models like to put before it."""
    text = dedented(without_remarks(tactic))
    return hanging(text[2:]) if re.match(r"by\s", text) else text
