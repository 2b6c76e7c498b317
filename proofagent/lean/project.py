"""The user's own Lake project: where it is, its toolchain, what is built, and what mends the rest.

Looking changes nothing and downloads nothing. elan's proxies, which may, are never started: the toolchain's own
programs are. Folders of toolchains are called as elan and Lake do: `leanprover/lean4:v4.28.0` is
`leanprover--lean4---v4.28.0` (elan, src/elan-dist; Lake.Config.InstallPath). What a project depends on stands in its
`lake-manifest.json`; build results are in `.lake/build/lib/lean`, of old versions in `.lake/build/lib`.
"""

import json
import os
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from proofagent.lean.embedded.node import output_of

LAKEFILES = ("lakefile.toml", "lakefile.lean")
_SECONDS = 60.0
_MOST_BYTES = 4_000_000
_INSTALL_ELAN = "curl https://elan.lean-lang.org/elan-init.sh -sSf | sh"


class Lack(NamedTuple):
    """Something that the project needs and has not, in a sentence, and the command that mends it."""

    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Package:
    """What the project depends on: its name and its folder, which need not be there."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Project:
    """A Lake project. `bin` is the folder with its `lean` and `lake`, None where there is none."""

    root: Path
    toolchain: str
    """As `lean-toolchain` has it, or elan's default; empty where Lean is simply on the PATH."""

    bin: Path | None
    packages: tuple[Package, ...]
    lacks: tuple[Lack, ...]

    @property
    def ready(self) -> bool:
        """Whether everything that proving in it needs is there."""
        return not self.lacks


def find_project(start: Path, environment: Mapping[str, str] = os.environ) -> Project | None:
    """The Lake project that `start`, a file or folder, is in; None where there is none. Raises nothing."""
    here = start.absolute()
    for root in (here, *here.parents):
        if any((root / name).is_file() for name in LAKEFILES):
            return _project(root, environment)
    return None


def search_path(project: Project, *, seconds: float = _SECONDS) -> tuple[Path, ...]:
    """Where compiled modules are looked for, asked of the project's own Lake; where that does not answer, as its
    manifest lets one expect.
    """
    if project.bin is not None and project.ready:
        said = output_of([str(project.bin / "lake"), "--dir", str(project.root), "env"], seconds=seconds) or ""
        for line in said.splitlines():
            name, _, value = line.partition("=")
            if name == "LEAN_PATH" and value:
                return tuple(project.root / part for part in value.split(os.pathsep) if part)
    return tuple(built for folder in _folders(project.root, project.packages) if (built := _built(folder)))


def _project(root: Path, environment: Mapping[str, str]) -> Project:
    wanted = _words(_read(root / "lean-toolchain"))
    toolchain, folder, lacks = _toolchain(wanted, environment)
    packages, wrong = _packages(root)
    lacks = [*lacks, *wrong, *_unbuilt(root, packages)]
    return Project(root, toolchain, folder, packages, tuple(lacks))


def _toolchain(wanted: str, environment: Mapping[str, str]) -> tuple[str, Path | None, list[Lack]]:
    """The toolchain's name, its folder of programs, and what is missing of it."""
    home = Path(environment.get("ELAN_HOME") or Path(environment.get("HOME") or "~").expanduser() / ".elan")
    name = environment.get("ELAN_TOOLCHAIN") or wanted or _default(home)
    if name:
        folder = next((each for each in _places(home, name) if (each / "lean").is_file()), None)
        if folder is not None:
            return name, folder, []
    program = shutil.which("lean", path=environment.get("PATH", os.defpath))
    if program is not None and not is_elans(Path(program)):
        return "", Path(program).resolve().parent, []
    if name:
        has_elan = (home / "bin" / "elan").exists() or program is not None
        mend = f"elan toolchain install {name}" if has_elan else f"{_INSTALL_ELAN} && elan toolchain install {name}"
        return name, None, [Lack(f"the toolchain {name} of this project is not installed", mend)]
    return "", None, [Lack("there is no lean-toolchain, and no Lean on the PATH", _INSTALL_ELAN)]


def _places(home: Path, name: str) -> Iterator[Path]:
    """Where elan keeps a toolchain of this name: under its full name, or the one that was typed."""
    full = name if "/" in name or ":" in name else f"leanprover/lean4:{name}"
    for each in (full, name):
        yield home / "toolchains" / each.replace("/", "--").replace(":", "---") / "bin"


def _default(home: Path) -> str:
    """The toolchain that elan takes where a project says nothing (`elan default`)."""
    try:
        said = tomllib.loads(_read(home / "settings.toml")).get("default_toolchain")
    except tomllib.TOMLDecodeError:
        return ""
    return said if isinstance(said, str) else ""


def is_elans(program: Path) -> bool:
    """Whether a program is elan's, which downloads what it has not."""
    real = program.resolve()
    return real.name == "elan" or any((folder / "elan").exists() for folder in (program.parent, real.parent))


def _packages(root: Path) -> tuple[tuple[Package, ...], list[Lack]]:
    """What the manifest names. A project without dependencies needs none."""
    path = root / "lake-manifest.json"
    if not path.exists():
        asks = any(word in "".join(_read(root / name) for name in LAKEFILES) for word in ("[[require]]", "require "))
        return (), [Lack("the dependencies were never resolved: there is no lake-manifest.json", "lake update")] * asks
    try:
        said = json.loads(_read(path))
        parent = root / str(said.get("packagesDir") or ".lake/packages")
        found = tuple(_package(root, parent, each) for each in said["packages"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return (), [Lack("lake-manifest.json cannot be read", "lake update")]
    missing = [package.name for package in found if not package.folder.is_dir()]
    update = "lake exe cache get" if "mathlib" in missing else "lake build"
    return found, [Lack(f"not downloaded: {', '.join(missing)}", update)] if missing else []


def _package(root: Path, parent: Path, said: Mapping[str, object]) -> Package:
    name = str(said["name"])
    inner = str(said.get("subDir") or ".")
    folder = root / str(said["dir"]) if said.get("type") == "path" else parent / name / inner
    return Package(name, folder)


def _unbuilt(root: Path, packages: tuple[Package, ...]) -> Iterator[Lack]:
    """What has no compiled modules. Mathlib's are downloaded, because they take hours to build."""
    for package in packages:
        if package.folder.is_dir() and _built(package.folder) is None:
            if package.name == "mathlib":
                yield Lack("Mathlib is there, its compiled modules are not", "lake exe cache get")
                return  # what it is built on comes with it
            yield Lack(f"{package.name} is not built", f"lake build {package.name}")
    if _built(root) is None:
        yield Lack("the project is not built", "lake build")


def _folders(root: Path, packages: tuple[Package, ...]) -> Iterator[Path]:
    yield from (package.folder for package in packages)
    yield root


def _built(folder: Path) -> Path | None:
    """Where the compiled modules of a package are; None where there is none."""
    for place in (folder / ".lake" / "build" / "lib" / "lean", folder / ".lake" / "build" / "lib"):
        if next(place.rglob("*.olean"), None) is not None:
            return place
    return None


def _words(text: str) -> str:
    return " ".join(text.split())


def _read(path: Path) -> str:
    """A text that may be missing, huge or no text: then it is empty."""
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return ""
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
