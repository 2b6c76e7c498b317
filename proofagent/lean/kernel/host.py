"""The program of a native kernel's process: one JSON request a line in, one JSON reply a line out.

usage: python -I host.py LIBRARY MEMORY SOCKET     (libleanshared.so, bytes of addresses, a descriptor)

{"op":"check","lines":"...","new":["t"]}  ->  {"taken":1,"names":["t"],"checked":412,"assumed":52,
                                               "refused":[{"names":["t"],"error":".."}],"opaque":["Nat.gcd"]}
    declarations in Lean's export format (3.1.0), each given to the kernel, none elaborated. Those that are not
    `new` are the library's: `checked` of them the kernel took with their bodies, `assumed` have none or one that
    does not stand alone, and of these `opaque` are no propositions. `names` are new and taken.
every reply also has: id, version, or error (text)
"""

import contextlib
import os
import resource
import sys
import types
from pathlib import Path


def lighten(here: Path) -> None:
    """Let a few modules be imported without the packages above them, which take a second."""
    lean = here.parents[1]
    places = {"": lean.parent, ".lean": lean, ".lean.kernel": lean / "kernel", ".lean.olean": lean / "olean"}
    for name, place in places.items():
        package = types.ModuleType(f"proofagent{name}")
        package.__path__ = [str(place)]
        sys.modules[package.__name__] = package


def main(library: str, memory: str, descriptor: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # where memory runs out all the same, this process goes first
        Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")
    sys.set_int_max_str_digits(0)
    lighten(Path(__file__).absolute())
    from proofagent.lean.kernel.service import serve  # noqa: PLC0415  it is found by what was done before

    serve(library, int(descriptor), os.getppid())


if __name__ == "__main__":
    main(*sys.argv[1:])
