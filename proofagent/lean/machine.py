"""What this machine has: memory and cores, as far as this process may use them."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_MEMINFO = Path("/proc/meminfo")


class MemoryReport(BaseModel):
    """Bytes; None where the system does not say. A container's limit counts as its total."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: int | None
    available: int | None


def memory_here() -> MemoryReport:
    meminfo = _read(_MEMINFO)
    total = _meminfo(meminfo, "MemTotal") or _pages("SC_PHYS_PAGES")
    available = _meminfo(meminfo, "MemAvailable") or _pages("SC_AVPHYS_PAGES")
    limits = [int(text) for path in _CGROUP_LIMITS if (text := _read(path).strip()).isdigit()]
    caps = [value for value in (total, *limits) if value is not None]
    if available is not None:
        available = min([available, *caps])
    return MemoryReport(total=min(caps, default=None), available=available)


def _meminfo(text: str, key: str) -> int | None:
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == key and value.split()[:1] and value.split()[0].isdigit():
            return int(value.split()[0]) * 1024
    return None


def _pages(name: str) -> int | None:
    try:
        return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def cores_here() -> int:
    """Cores that this process may use, which are fewer than the machine's under an affinity mask."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
