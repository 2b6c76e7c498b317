"""Headers that a native Lean has read already, kept on disk for its next plain runs.

Lean 4.33 and later can save its state after the imports (`--incr-header-save`) and start from it (`--incr-load`);
importing all of Mathlib is seven times as fast then (lean4#13965). Whether a snapshot still holds is the caller's
business (lean4#14166): here it does while the program, the text of the header and every compiled module that it brings
are what they were. Nothing that is to be kept is ever made from one.
"""

import hashlib
import tempfile
from collections import OrderedDict
from pathlib import Path

from proofagent.lean.engine import Header, Identity
from proofagent.lean.toolchain import Lean

OPTION = "--incr-header-save"
_KEPT = 2
"""Of Mathlib one has 300 MB."""


class Snapshots:
    """The snapshots of one engine, gone with it."""

    def __init__(self, lean: Lean, identity: Identity) -> None:
        self._lean, self._identity = lean, identity
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._known: OrderedDict[str, Path] = OrderedDict()
        self._modules: dict[tuple[str, ...], frozenset[str]] = {}

    def key(self, header: Header, head: str) -> str | None:
        """What has to be equal for a snapshot to hold; None where there are no imports, so that nothing is saved.

        `head` is the text as Lean reads it, up to the body. Raises `EngineRefused` where a module does not exist.
        """
        if not header.imports:
            return None
        if header.imports not in self._modules:
            self._modules[header.imports] = self._lean.closure(header.imports)
        parts = [self._identity.version, self._identity.commit, head]
        for module in sorted(self._modules[header.imports]):
            path = self._lean.file(module)
            about = path.stat()
            parts.append(f"{path} {about.st_size} {about.st_mtime_ns}")
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()

    def options(self, key: str) -> list[str]:
        """What Lean is started with: to load the snapshot of this key, or to save it."""
        if (path := self._known.get(key)) is not None and path.exists():
            self._known.move_to_end(key)
            return [f"--incr-load={path}"]
        return [f"{OPTION}={self._path(key)}"]

    def keep(self, key: str) -> None:
        """A run that saved it ended well."""
        path = self._path(key)
        if key not in self._known and path.exists():
            self._known[key] = path
            if len(self._known) > _KEPT:
                self.forget(next(iter(self._known)))

    def forget(self, key: str) -> None:
        """It cannot be used."""
        self._known.pop(key, None)
        for path in (self._path(key), self._path(key).with_name(f"{key}.deps")):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def _path(self, key: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="proofagent-headers-", ignore_cleanup_errors=True)
        return Path(self._folder.name) / key
