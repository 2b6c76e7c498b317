"""Whether Lean takes an edited theorem: quickly, by a warm engine, and for good, by the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proofagent.check.gate import Claim, check
from proofagent.check.programs import programs
from proofagent.check.receipt import Outcome, Receipt
from proofagent.lean.engine import Elaboration, Header, Identity, Message
from proofagent.lean.native import Judge
from proofagent.lean.pool import Pool
from proofagent.minimize.cache import Answer, Cache, key_of

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
        """Whether `command` elaborates after `before` without an error and without `sorry`.

        If `timed`, it also has to keep within the limits that the original sets.
        """
        ...

    async def gate(self, body: str) -> Ruling:
        """What the gate says of a whole file."""
        ...


class LeanAcceptor:
    """An `Acceptor` with the engines of a pool; `claim` is what the original claims to prove.

    With `tidy` a candidate of which Lean warns more often than of the original is not taken. What `cache` knows of a
    candidate is not asked again. The gate is asked in any case.
    """

    def __init__(
        self,
        pool: Pool,
        claim: Claim,
        *,
        limits: Limits | None = None,
        judges: Sequence[Judge] = (),
        cache: Cache | None = None,
        tidy: bool = False,
    ) -> None:
        self._pool, self._claim, self._judges, self._cache = pool, claim, judges, cache
        self._limits = limits or Limits()
        self._options: tuple[tuple[str, str], ...] = ()
        self._seconds, self._warnings, self._tidy = 0.0, 0, tidy
        self._identity: Identity | None = None

    async def calibrate(self, before: str, command: str) -> None:
        for heartbeats in _HEARTBEATS:
            self._options = (("maxHeartbeats", str(heartbeats)),)
            answer = await self._answer(before, command, self._limits.gate)
            if answer.well:
                break
        else:
            self._options = ()
            answer = await self._answer(before, command, self._limits.gate)
        self._seconds, self._warnings = answer.seconds, answer.warnings

    async def quick(self, before: str, command: str, *, timed: bool = True) -> bool:
        self._identity = self._identity or await self._pool.identity()
        if not self._identity.sandboxed and programs(self._claim.solution, command):
            return False
        limit = max(self._limits.slower * self._seconds, self._limits.free)
        answer = await self._answer(before, command, max(self._limits.candidate, limit))
        if not answer.well or not timed:
            return answer.well
        return answer.seconds <= limit and (not self._tidy or answer.warnings <= self._warnings)

    async def messages(self, before: str, command: str) -> tuple[Message, ...]:
        """What Lean says of `command` after `before`, within its own limits."""
        header = Header(self._claim.imports, before)
        return (await self._pool.elaborate(header, command, deadline=self._limits.candidate)).messages

    async def gate(self, body: str) -> Ruling:
        claim = self._claim
        whole = Claim(claim.imports, claim.challenge, body, claim.targets, claim.solution_imports, claim.policy)
        verdict = await check(whole, self._pool, deadline=self._limits.gate, judges=self._judges)
        why = verdict.why or "; ".join(reason.text for reason in verdict.reasons)
        return Ruling(verdict.outcome, why, verdict.receipt)

    async def _answer(self, before: str, command: str, deadline: float) -> Answer:
        header = Header(self._claim.imports, before, self._options)
        if self._cache is None:
            said = await self._pool.elaborate(header, command, deadline=deadline)
            return _answer(said)
        self._identity = self._identity or await self._pool.identity()
        key = key_of(self._identity, header, command)
        if (known := self._cache.get(key)) is not None:
            return known
        said = await self._pool.elaborate(header, command, deadline=deadline)
        answer = _answer(said)
        if said.status == "done":  # on another day there may be time or memory enough
            self._cache.put(key, answer)
        return answer


def _answer(said: Elaboration) -> Answer:
    return Answer(_is_well(said), said.seconds, sum(message.severity == "warning" for message in said.messages))


def _is_well(said: Elaboration) -> bool:
    sorry = any(message.kind == "hasSorry" or "uses 'sorry'" in message.text for message in said.messages)
    return said.status == "done" and not said.errors and not sorry
