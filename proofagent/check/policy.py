"""What a solution may do beyond proving what is asked."""

from dataclasses import dataclass

from proofagent.check.axioms import STANDARD


@dataclass(frozen=True, slots=True)
class Policy:
    """Permissions of whoever asks; the fewest are the default. Names are exact and full."""

    axioms: frozenset[str] = STANDARD
    """Axioms that proofs may rest on."""

    answers: frozenset[str] = frozenset()
    """Definitions with `sorry` in the challenge that the solution may fill in."""

    imports: frozenset[str] = frozenset()
    """Modules that the solution may import though the challenge does not."""

    paranoid: bool = False
    """A kernel with known soundness bugs does not count; another judge has to accept."""


STRICT = Policy()
"""Nothing is permitted beyond what mathematics in Lean uses."""
