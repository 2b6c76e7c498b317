"""How many attempts at a time, and in how many processes: from the cores and the memory that there are."""

from math import ceil

from proofagent.lean.machine import MemoryReport

MEMORY_OF_A_JOB = 1_600_000_000
"""Bytes: an engine at work, the fresh ones that check what it found, its share of spares; 1.1 to 1.8 GB were measured
(benchmarks/scaling.py)."""

_SHARE = 0.8
"""Of the memory that is available; the rest is for whatever else goes on."""
_JOBS_OF_A_PROCESS = 8
"""What one Python process surely can feed: it is busy for 2% of the time that Lean is (benchmarks/scaling.py)."""


def jobs_here(cores: int, memory: MemoryReport) -> int:
    """A core and its memory for each job; at least one, since who asks wants to try."""
    room = cores if memory.available is None else int(memory.available * _SHARE // MEMORY_OF_A_JOB)
    return max(1, min(cores, room))


def processes_for(jobs: int) -> int:
    """How many processes have time for so many jobs."""
    return ceil(jobs / _JOBS_OF_A_PROCESS)
