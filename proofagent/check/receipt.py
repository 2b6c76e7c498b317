"""A receipt: what was checked, by what, with which result; with the texts, enough for anybody to do it again."""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from proofagent.check.reasons import Code

Outcome = Literal["accepted", "rejected", "undecided"]
Rung = Literal["nothing", "compiled", "replayed", "compared", "rechecked", "judged"]

ASSUMED = ("the kernel of this Lean", "the theorems of its library", "this machine")
CHECKS: dict[Rung, str] = {
    "compiled": "challenge and solution compiled, each by a process of its own that had seen no other document",
    "replayed": "every new declaration given to the kernel again, by a process that never saw the solution's text",
    "compared": "statements and all that they mean equal to the challenge's as kernel terms; targets are theorems; "
    "nothing new is an axiom, unsafe or partial; axioms within the permitted ones by exact name",
    "rechecked": "every new declaration, and what it needs of the library, given to other kernels, which take it too",
    "judged": "accepted by every other checker that ran",
}
"""What each rung adds to those before it."""


class ReasonModel(BaseModel):
    """`Reason` for JSON; `line` counts from 1, `column` from 0, in the solution."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    declaration: str
    text: str
    line: int | None = None
    column: int | None = None


class Judgement(BaseModel):
    """What another checker said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: str
    scope: Literal["statement", "replay"]
    """Whether it compared the statements, or replayed the solution's declarations alone."""
    lean_version: str
    outcome: Outcome
    detail: str = ""


class Recheck(BaseModel):
    """What another kernel said of the solution's declarations; counts are None where it does not tell them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kernel: str
    version: str = ""
    """Of its Lean; empty where that is not known."""
    outcome: Outcome
    detail: str = ""
    taken: int | None = None
    """Declarations of the solution that it took, an inductive type with all its parts as one."""
    checked: int | None = None
    """Declarations of the library that it checked as well."""
    assumed: int | None = None
    """Those that it was given by their types alone, theorems for the most part: the library ships no proofs."""
    unexposed: tuple[str, ...] = ()
    """What it would have had to see of the library and could not."""

    @property
    def name(self) -> str:
        return f"{self.kernel} {self.version}".rstrip()


class Times(BaseModel):
    """Seconds that each part took; None where it was not reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    challenge: float | None = None
    solution: float | None = None
    replay: float | None = None
    recheck: float | None = None
    whole: float = 0.0


class Receipt(BaseModel):
    """Evidence of a verdict. Hashes are SHA-256, in hexadecimal, of the UTF-8 text or of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[2, 3] = 3
    outcome: Outcome
    rung: Rung
    """The last of `CHECKS` that was passed."""
    reasons: tuple[ReasonModel, ...] = ()
    """Why it is rejected: all that was found."""
    why: str = ""
    """What kept it undecided."""
    engine: str = ""
    lean_version: str = ""
    lean_commit: str = ""
    library_sha256: str = ""
    kernel_bugs: tuple[str, ...] = ()
    """Published soundness bugs of this version's kernel; see `check.kernels`."""
    imports: tuple[str, ...] = ()
    solution_imports: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    """Definitions that the solution was permitted to fill in: read them before you believe the theorem."""
    challenge_sha256: str
    """Of the text with `sorry`, without its import lines."""
    solution_sha256: str
    challenge_olean_sha256: str | None = None
    solution_olean_sha256: str | None = None
    replayed_olean_sha256: str | None = None
    axioms: tuple[str, ...] = ()
    """Axioms that the targets reach through declarations of the solution; library theorems are trusted."""
    permitted_axioms: tuple[str, ...] = ()
    permitted_imports: tuple[str, ...] = ()
    paranoid: bool = False
    new_declarations: tuple[str, ...] = ()
    rechecks: tuple[Recheck, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    assumed: tuple[str, ...] = ASSUMED
    deadline_seconds: float
    """For each of compiling the challenge, compiling the solution, the replay, and each other kernel."""
    seconds: Times = Times()
    made: datetime

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """The other kernels that took the declarations too."""
        return tuple(each.name for each in self.rechecks if each.outcome == "accepted")

    def differences(self, other: "Receipt") -> tuple[str, ...]:
        """The fields in which two receipts differ, times apart; none where the second confirms the first.

        Another machine may have other kernels: of these the same ones must say the same.
        """
        apart = {"schema_version", "seconds", "made", "deadline_seconds", "rechecks"}
        said, again = ({each.name: each.outcome for each in receipt.rechecks} for receipt in (self, other))
        if said.keys() != again.keys() and {self.rung, other.rung} <= {"compared", "rechecked", "judged"}:
            apart.add("rung")
        ours, theirs = (receipt.model_dump(exclude=apart) for receipt in (self, other))
        found = tuple(name for name, value in ours.items() if theirs[name] != value)
        agree = all(said[name] == again[name] for name in said.keys() & again.keys())
        return found if agree else (*found, "rechecks")


class Evidence(BaseModel):
    """A receipt with the texts that it is about, in one file: `proofagent check --receipt FILE` does it again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt: Receipt
    challenge: str
    """Without its import lines, which are in the receipt."""
    solution: str


def sha256(data: str | bytes) -> str:
    """The hash that receipts use."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
