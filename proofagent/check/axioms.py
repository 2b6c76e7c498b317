"""Which axioms a proof may rest on, by exact name.

The embedded library ships without proofs: its theorems appear as axioms there and are part of the trusted base. The
axioms below are the ones that are axioms in Lean's own sources, so naming one of them is using an axiom.
"""

STANDARD = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""What mathematics in Lean uses (Lean reference manual, "Axioms")."""

SORRY = "sorryAx"

COMPILER = frozenset(
    {"Lean.trustCompiler", "Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.reduceBool", "Lean.reduceNat"}
)
"""Axioms that trust compiled code; `native_decide` and `bv_decide` use them.

The last two are no axioms but rest on the first one, inside a library whose proofs are not at hand: the kernel
computes them by running compiled code.
"""

INTERNAL = frozenset({"lcProof", "lcAny", "lcErased", "lcUnreachable", "lcVoid", "lcCast"})
"""Placeholders of the compiler's own intermediate code."""

PRIMITIVE = STANDARD | COMPILER | INTERNAL | {SORRY}
"""Every axiom of Lean's core library, and what stands for one."""
