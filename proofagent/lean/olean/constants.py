"""Values for what a Lean module declares, and when two declarations say the same."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from proofagent.lean.olean.names import Name
from proofagent.lean.olean.terms import Term


class Kind(StrEnum):
    """What a constant is; in the order of Lean's `ConstantInfo`."""

    AXIOM = "axiom"
    DEFINITION = "definition"
    THEOREM = "theorem"
    OPAQUE = "opaque"
    QUOTIENT = "quotient"
    INDUCTIVE = "inductive"
    CONSTRUCTOR = "constructor"
    RECURSOR = "recursor"


class Safety(StrEnum):
    """Lean's `DefinitionSafety`, in its order; other kinds are safe or unsafe."""

    UNSAFE = "unsafe"
    SAFE = "safe"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Inductive:
    """What an inductive type has besides its type."""

    params: int
    indices: int
    constructors: tuple[Name, ...]
    nested: int
    is_rec: bool
    is_reflexive: bool


@dataclass(frozen=True, slots=True)
class Constructor:
    """What a constructor has besides its type."""

    inductive: Name
    index: int
    params: int
    fields: int


@dataclass(frozen=True, slots=True)
class Rule:
    """How a recursor computes on one constructor."""

    constructor: Name
    fields: int
    value: Term


@dataclass(frozen=True, slots=True)
class Recursor:
    """What a recursor has besides its type."""

    params: int
    indices: int
    motives: int
    minors: int
    rules: tuple[Rule, ...]
    k: bool


Detail = Inductive | Constructor | Recursor
Hints = Literal["opaque", "abbrev"] | int
"""Lean's `ReducibilityHints`; a number is the height of a regular definition."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One declared constant."""

    name: Name
    kind: Kind
    level_params: tuple[Name, ...]
    type: Term
    safety: Safety = Safety.SAFE
    value: Term | None = None
    """Of a definition, a theorem, an opaque constant."""
    all: tuple[Name, ...] = ()
    """The mutual block; empty for kinds that have none."""
    detail: Detail | None = None
    hints: Hints = "opaque"
    """Of a definition: in which order the kernel unfolds. They steer its search and do not change what holds."""

    def type_digest(self) -> bytes:
        """`Term.digest` of the type; universe parameters count by place. Raises `OleanError`."""
        return self.type.digest(self.level_params)

    def value_digest(self) -> bytes | None:
        """The same of the value, if there is one. Raises `OleanError`."""
        return None if self.value is None else self.value.digest(self.level_params)
