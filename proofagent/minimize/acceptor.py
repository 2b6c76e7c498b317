"""Whether Lean takes an edited theorem: quickly, by a warm engine, and for good, by the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proofagent.check.gate import Claim, check
from proofagent.check.receipt import Outcome, Receipt
from proofagent.lean.engine import Elaboration, Header
from proofagent.lean.native import Judge
from proofagent.lean.pool import Pool

_HEARTBEATS = (20_000, 80_000)
"""Tried in this order for the original, before Lean's own limit: a useless candidate is given up as early."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds."""

    candidate: float = 10.0
    gate: float = 120.0
    slower: float = 2.0
    """A shorter proof is not kept that takes more than so many times as long as the original,"""
    free: float = 2.0
    """and more than so many seconds."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate says of a whole file, and why where it does not accept it."""

    outcome: Outcome
    why: str = ""
    receipt: Receipt | None = None


class Acceptor(Protocol):
    """Decides for the driver; both methods raise `EngineError` where Lean cannot work at all."""

    async def calibrate(self, before: str, command: str) -> None:
        """See an original, so that candidates in its place may be given up in time."""
        ...

    async def quick(self, before: str, command: str, *, timed: bool = True) -> bool:
        """Whether `command` elaborates after `before` without an error and without `sorry`, in time if `timed`."""
        ...

    async def gate(self, body: str) -> Ruling:
        """What the gate says of a whole file."""
        ...


class LeanAcceptor:
    """An `Acceptor` with the engines of a pool; `claim` is what the original claims to prove."""

    def __init__(self, pool: Pool, claim: Claim, *, limits: Limits | None = None, judges: Sequence[Judge] = ()) -> None:
        self._pool, self._claim, self._judges = pool, claim, judges
        self._limits = limits or Limits()
        self._options: tuple[tuple[str, str], ...] = ()
        self._seconds = 0.0

    async def calibrate(self, before: str, command: str) -> None:
        self._seconds = 0.0
        for heartbeats in _HEARTBEATS:
            self._options = (("maxHeartbeats", str(heartbeats)),)
            said = await self._elaborate(before, command, self._limits.gate)
            self._seconds = said.seconds
            if _is_well(said):
                return
        self._options = ()
        self._seconds = (await self._elaborate(before, command, self._limits.gate)).seconds

    async def quick(self, before: str, command: str, *, timed: bool = True) -> bool:
        limit = max(self._limits.slower * self._seconds, self._limits.free)
        said = await self._elaborate(before, command, max(self._limits.candidate, limit))
        return _is_well(said) and (not timed or said.seconds <= limit)

    async def gate(self, body: str) -> Ruling:
        claim = self._claim
        whole = Claim(claim.imports, claim.challenge, body, claim.targets, claim.solution_imports, claim.policy)
        verdict = await check(whole, self._pool, deadline=self._limits.gate, judges=self._judges)
        why = verdict.why or "; ".join(reason.text for reason in verdict.reasons)
        return Ruling(verdict.outcome, why, verdict.receipt)

    async def _elaborate(self, before: str, command: str, deadline: float) -> Elaboration:
        header = Header(self._claim.imports, before, self._options)
        return await self._pool.elaborate(header, command, deadline=deadline)


def _is_well(said: Elaboration) -> bool:
    sorry = any(message.kind == "hasSorry" or "uses 'sorry'" in message.text for message in said.messages)
    return said.status == "done" and not said.errors and not sorry
