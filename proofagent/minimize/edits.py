"""Edits of proof text: what stands where, what replaces it, and which theorems of a file have a proof to edit.

Pure: nothing here knows Lean. An edit outside its proof cannot be applied, so a statement stays byte for byte.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofagent.goals.lexer import code
from proofagent.goals.outline import outline


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """``text[start:end]`` becomes `text`."""

    start: int
    end: int
    text: str = ""


Edits = tuple[Edit, ...]
"""What is changed at once: sorted, without overlaps."""


@dataclass(frozen=True, slots=True)
class Place:
    """A theorem of a file: ``text[start:end]`` is its command, ``text[proof:end]`` what stands behind its `:=`."""

    name: str
    start: int
    proof: int
    end: int


def apply(text: str, edits: Iterable[Edit], *, start: int = 0, end: int | None = None) -> str:
    """`text` with all edits done.

    Raises `ValueError` where two overlap, or where one leaves ``text[start:end]``.
    """
    end = len(text) if end is None else end
    pieces, done = [text[:start]], start
    for edit in sorted(edits):
        if not done <= edit.start <= edit.end <= end:
            raise ValueError(f"the edit {edit.start}:{edit.end} is outside {done}:{end}")
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])


def disjoint(edits: Edits, others: Sequence[Edit]) -> bool:
    """Whether no edit touches what one of `others` touches."""
    return all(edit.end < other.start or other.end < edit.start for edit in edits for other in others)


def moved(piece: str, by: int) -> str:
    """A piece of text whose first line goes elsewhere: its further lines move `by` columns; blank ones stay blank."""
    first, *others = piece.split("\n")
    return "\n".join([first, *(_shifted(line, by) for line in others)])


def _shifted(line: str, by: int) -> str:
    if not line.strip():
        return line
    if by >= 0:
        return " " * by + line
    blanks = len(line) - len(line.lstrip(" "))
    return line[min(-by, blanks) :]


def places(text: str) -> tuple[Place, ...]:
    """The theorems of `text`, which has no header, whose proof stands behind a `:=`, in the order of the file.

    Left out are those in mutual blocks, those with alternatives at once (`| 0 => …`), and private ones, whose names
    depend on the module. Raises `GoalError` where a comment or a string does not end.
    """
    found = list[Place]()
    for part in outline(text):
        private = any(token.text == "private" for token in code(part.text, 0, part.at))
        has_proof = part.body_start > part.stop and any(code(part.text, part.body_start))
        if part.proves and part.name and not private and has_proof:
            found.append(Place(part.name, part.start, part.start + part.body_start, part.end))
    return tuple(found)


def challenge(text: str, of: Iterable[Place]) -> str:
    """The file with `sorry` in place of each proof: what the gate compares a solution with."""
    return apply(text, [Edit(place.proof, place.end, " by\n  sorry") for place in of])
