"""What is to be proved."""

import hashlib
import json
from dataclasses import dataclass

DEFAULT_IMPORTS = ("Init",)


@dataclass(frozen=True, slots=True)
class Goal:
    """One hole in trusted Lean text; a proof of the goal is text that fits the hole.

    The declaration reads ``statement + lead + HOLE + tail`` and stands after `preamble` in a file with `imports`.
    All text but the hole is the user's and is never changed.
    """

    name: str
    """Full name of the declaration, namespaces included; `_example` where it has none."""

    statement: str
    """Lean text up to, not including, the `:=` (with attributes and doc comment): ``theorem t (a : Nat) : a = a``."""

    imports: tuple[str, ...] = DEFAULT_IMPORTS
    """Modules, in the order of the file."""

    preamble: str = ""
    """Trusted Lean text between the imports and the declaration: definitions, `open`, `namespace`, `variable`."""

    lead: str = " := by\n  "
    """What stands between statement and hole."""

    tail: str = ""
    """What stands between the hole and the end of the declaration; it may hold further `sorry`s."""

    position: "HolePosition | None" = None
    """Where the hole is in its file; None for a goal that is not from a Lean file."""

    origin: str = ""
    """Where the goal is from, for people: a file with line and column, a benchmark, the command line."""

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides what a proof is: equal digests, equal goals, wherever they are from."""
        parts = (self.statement, self.imports, self.preamble, self.lead, self.tail)
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def column(self) -> int:
        """Column of the hole (0-based, code points): further lines of a proof start here."""
        before = self.statement + self.lead
        return len(before) - before.rfind("\n") - 1


@dataclass(frozen=True, slots=True)
class HolePosition:
    """A `sorry` of a file: `start` and `end` are offsets in code points, `line` counts from 1, `column` from 0."""

    path: str
    start: int
    end: int
    line: int
    column: int
