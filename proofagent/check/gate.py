"""The gate: the only place that can say "accepted".

The challenge (trusted text with `sorry`) and the solution (the same text with proofs in the holes) are compiled by
one process that has seen nothing else but the text that warms it up, the challenge first. The verdict is read from
the two artefacts; whatever keeps them from being made or read is `undecided`, never a success. What no artefact
shows, that the kernel was at work, is seen to before: by the engine (`lean.embedded.checked`), and by refusing words
that could switch it off or go around it (`words`).
"""

import hashlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from proofagent.check.axioms import STANDARD
from proofagent.check.compare import Comparison, Reason, compare
from proofagent.check.receipt import Receipt, receipt
from proofagent.check.words import unwanted
from proofagent.errors import EngineError, OleanError
from proofagent.lean.engine import Compilation, Header, Identity
from proofagent.lean.olean import Module
from proofagent.lean.pool import Pool

Outcome = Literal["accepted", "rejected", "undecided"]
Rung = Literal["nothing", "compiled", "compared"]

_SEAL = object()


@dataclass(frozen=True, slots=True, init=False)
class Verdict:
    """What is known of a solution. `reasons` say why it is rejected, `why` what kept it undecided."""

    outcome: Outcome
    rung: Rung
    reasons: tuple[Reason, ...]
    why: str
    receipt: Receipt | None

    def __init__(
        self,
        outcome: Outcome,
        *,
        rung: Rung = "nothing",
        reasons: tuple[Reason, ...] = (),
        why: str = "",
        receipt: Receipt | None = None,
        seal: object = None,
    ) -> None:
        if outcome == "accepted" and (seal is not _SEAL or reasons or receipt is None or rung != "compared"):
            raise TypeError("only the gate accepts")
        for name, value in (
            ("outcome", outcome),
            ("rung", rung),
            ("reasons", reasons),
            ("why", why),
            ("receipt", receipt),
        ):
            object.__setattr__(self, name, value)

    @property
    def accepted(self) -> bool:
        return self.outcome == "accepted"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the gate is asked: whether `solution` proves `targets` as `challenge` states them, under `imports`.

    Both are whole files without their import lines.
    """

    imports: tuple[str, ...]
    challenge: str
    solution: str
    targets: tuple[str, ...]
    allowed: frozenset[str] = STANDARD


async def check(claim: Claim, pool: Pool, *, deadline: float) -> Verdict:
    """Compile both texts in a fresh process and compare what came out; `deadline` seconds for each text."""
    began = time.monotonic()
    if reasons := unwanted(claim.challenge, claim.solution):
        return Verdict("rejected", reasons=reasons)
    header = Header(claim.imports)
    try:
        with tempfile.TemporaryDirectory(prefix="proofagent-gate-") as folder:
            paths = Path(folder, "challenge.olean"), Path(folder, "solution.olean")
            async with pool.fresh(header) as engine:
                for text, path in zip((claim.challenge, claim.solution), paths, strict=True):
                    made = await engine.compile(header, text, path, deadline=deadline)
                    if made.status != "done":
                        return Verdict("undecided", why=f"{path.stem}: {made.status}: {made.detail}")
                identity = engine.identity
            return _judge(claim, paths, made, identity, seconds=time.monotonic() - began)
    except (EngineError, OleanError, OSError) as error:
        return Verdict("undecided", why=str(error))


def _judge(claim: Claim, paths: tuple[Path, Path], made: Compilation, identity: Identity, *, seconds: float) -> Verdict:
    challenge, solution = map(Module.open, paths)
    found = compare(challenge, solution, claim.targets, allowed=claim.allowed)
    if not claim.targets:
        return Verdict("undecided", rung="compared", why="there is nothing to prove: no target was named")
    if found.reasons:
        said = next((m.text for m in made.messages if m.severity == "error"), "")
        return Verdict("rejected", rung="compared", reasons=found.reasons, why=said)
    paper = _paper(claim, paths, found, identity, seconds)
    return Verdict("accepted", rung="compared", receipt=paper, seal=_SEAL)


def _paper(claim: Claim, paths: tuple[Path, Path], found: Comparison, identity: Identity, seconds: float) -> Receipt:
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return receipt(
        identity=identity,
        imports=claim.imports,
        targets=claim.targets,
        challenge=claim.challenge,
        solution=claim.solution,
        artefacts=(hashes[0], hashes[1]),
        axioms=found.axioms,
        new_declarations=found.new_declarations,
        seconds=seconds,
    )
