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

INTERNAL = frozenset({"lcProof", "lcAny", "lcErased", "lcUnreachable", "lcVoid", "lcCast", "Quot.lcInv"})
"""Placeholders of the compiler's own intermediate code."""

_FACETS = """
    extern_lib.default extern_lib.dynlib extern_lib.shared extern_lib.static input_dir.default input_file.default
    lean_exe.default lean_exe.exe lean_lib.default lean_lib.extraDep lean_lib.leanArts lean_lib.modules
    lean_lib.shared lean_lib.static lean_lib.static.export module.bc module.bc.o module.c module.c.o
    module.c.o.export module.c.o.noexport module.deps module.dynlib module.exportInfo module.header module.ilean
    module.importAllArts module.importArts module.importInfo module.imports module.input module.ir module.lean
    module.leanArts module.o module.o.export module.o.noexport module.olean module.olean.private
    module.olean.server module.precompileImports module.setup module.transImports package.barrel package.cache
    package.deps package.extraDep package.optBarrel package.optCache package.optRelease package.release
    package.transDeps
"""
_DATA = "bool dynlib extern_lib filepath input_dir input_file lean_exe lean_lib module package unit"

LAKE = (
    frozenset(f"Lake.FacetOut.{name}" for name in _FACETS.split())
    | {f"Lake.DataType.{name}" for name in _DATA.split()}
    | {"Lake.OpaqueConfigTarget.def"}
)
"""Lake states the members of its open families of types as axioms."""

PRIMITIVE = STANDARD | COMPILER | INTERNAL | LAKE | {SORRY}
"""Every axiom of Lean's own libraries, and what stands for one.

What tells an axiom from a theorem whose proof is not shipped is the library's own table of original kinds; a test
derives this set from it (`Lean.AddDecl`, `privateConstKindsExt`).
"""
