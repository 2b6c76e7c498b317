"""What the system may be told about a process of ours that is started already."""

import contextlib
import sys

if sys.platform == "linux":
    import resource


def limit(pid: int, *, memory: int, output: int | None = None, seconds: int | None = None) -> None:
    """Keep a process, and what it starts, to `memory` bytes of addresses, files of `output` bytes, and so many seconds
    of processors each.

    Where the system cannot do that (all but Linux), nothing happens: memory in use is watched besides.
    """
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):  # ended already, or kept to less
            resource.prlimit(pid, resource.RLIMIT_AS, (memory, memory))
            if output is not None:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (output, output))
            if seconds is not None:
                resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))
