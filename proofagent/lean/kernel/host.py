"""The program of a native kernel's process: one JSON request a line in, one JSON reply a line out.

usage: python -I host.py LIBRARY SOCKET          (LIBRARY: libleanshared.so; SOCKET: a descriptor)

{"op":"check","lines":"...","new":["t"]}  ->  {"taken":1,"checked":412,"assumed":52,
                                               "refused":[{"names":["t"],"error":".."}],"opaque":["Nat.gcd"]}
    declarations in Lean's export format (3.1.0), each given to the kernel, none elaborated. Those that are not
    `new` are the library's: `checked` of them the kernel took with their bodies, `assumed` have none or one that
    does not stand alone, and of these `opaque` are no propositions.
every reply also has: id, ms, version, or error (text)
"""

import os
import resource
import sys
import types
from pathlib import Path

MEMORY = 8 << 30
"""Bytes of addresses that the process may have."""


def lighten(here: Path) -> None:
    """Let modules beside this one be imported without the packages above them, which take a second."""
    for depth, name in enumerate(("proofagent.lean.kernel", "proofagent.lean", "proofagent")):
        package = types.ModuleType(name)
        package.__path__ = [str(here.parents[depth])]
        sys.modules[name] = package


def main(library: str, descriptor: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.set_int_max_str_digits(0)
    lighten(Path(__file__).absolute())
    from proofagent.lean.kernel.service import serve  # noqa: PLC0415  it is found by what was done before

    serve(library, int(descriptor), os.getppid())


if __name__ == "__main__":
    main(*sys.argv[1:])
