"""Other kernels than the one that a search uses: what they are given, and how they are asked."""

from proofagent.lean.kernel.checkers import Checker, checkers_on
from proofagent.lean.kernel.exported import Exported, exported, from_library, reached
from proofagent.lean.kernel.native import NativeKernel, Replayed

__all__ = [
    "Checker",
    "Exported",
    "NativeKernel",
    "Replayed",
    "checkers_on",
    "exported",
    "from_library",
    "reached",
]
