"""A receipt: what was checked, by what, with which result; enough for a third party to do it again."""

import hashlib
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from proofagent.lean.engine import Identity


class Receipt(BaseModel):
    """Evidence of an accepted proof. Hashes are SHA-256, in hexadecimal, of the UTF-8 text or of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    engine: str
    lean_version: str
    lean_commit: str
    imports: tuple[str, ...]
    targets: tuple[str, ...]
    challenge_sha256: str
    """Of the text with `sorry`, without its import lines."""
    solution_sha256: str
    challenge_olean_sha256: str
    solution_olean_sha256: str
    axioms: tuple[str, ...]
    """Axioms that the targets reach through declarations of the solution; library theorems are trusted."""
    new_declarations: tuple[str, ...]
    checks: tuple[str, ...] = (
        "compiled by a process that had seen no document but the project's own warm-up",
        "statement and everything that it means equal to the challenge's, compared as kernel terms",
        "the targets are theorems",
        "no new axiom, nothing unsafe reached",
        "axioms within the allow-list, by exact name",
    )
    assumed: tuple[str, ...] = ("the kernel of this Lean", "the theorems of its library", "this machine")
    seconds: float
    made: datetime


def receipt(
    *,
    identity: Identity,
    imports: tuple[str, ...],
    targets: tuple[str, ...],
    challenge: str,
    solution: str,
    artefacts: tuple[str, str],
    axioms: tuple[str, ...],
    new_declarations: tuple[str, ...],
    seconds: float,
) -> Receipt:
    """The receipt for one check."""
    texts = [hashlib.sha256(text.encode()).hexdigest() for text in (challenge, solution)]
    return Receipt(
        engine=identity.engine,
        lean_version=identity.version,
        lean_commit=identity.commit,
        imports=imports,
        targets=targets,
        challenge_sha256=texts[0],
        solution_sha256=texts[1],
        challenge_olean_sha256=artefacts[0],
        solution_olean_sha256=artefacts[1],
        axioms=axioms,
        new_declarations=new_declarations,
        seconds=round(seconds, 3),
        made=datetime.now(UTC),
    )
