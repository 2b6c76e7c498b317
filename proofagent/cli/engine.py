"""Which Lean a command runs: `--engine`, `--project`, and what is built first."""

import subprocess
import sys
from pathlib import Path

from proofagent.check.rechecks import installed
from proofagent.cli.console import complain
from proofagent.errors import SetupError, UsageError
from proofagent.lean.engines import Choice, choose
from proofagent.lean.project import find_project

_MOST_STEPS = 4


def chosen(
    engine: str | None, project: Path | None, near: Path, *, build: bool = False, kernels: bool = True
) -> Choice:
    """The engine for a file or folder; `project` names the Lake project where `near` is not in it.

    With `build`, what the project lacks and its own Lake can make is made first; `kernels` says whether other kernels
    will be asked. Raises `UsageError`, `SetupError`, `ConfigError`.
    """
    if project is not None and not project.is_dir():
        raise UsageError(f"--project names no folder: {project}")
    if project is not None and find_project(project) is None:
        raise SetupError(f"there is no Lake project in {project} or above it")
    if kernels:
        installed()  # a checker that is named and is not there is said before anything is searched for
    start = project or near
    if build:
        _build(start)
    choice = choose(engine, start)
    if choice.note:
        complain(choice.note)
    return choice


def project_root(near: Path) -> Path:
    """The Lake project that a file or folder is in, or else its folder."""
    project = find_project(near)
    if project is not None:
        return project.root
    return near if near.is_dir() else near.absolute().parent


def _build(start: Path) -> None:
    """Run the commands of Lake that mend what the project lacks, one after the other, until nothing is left.

    Raises `SetupError` where one fails, mends nothing, or is none of Lake's.
    """
    for _ in range(_MOST_STEPS):
        project = find_project(start)
        if project is None:
            raise SetupError(f"there is no Lake project in {start} or above it to be built")
        if project.ready or project.bin is None:
            return
        lack = project.lacks[0]
        words = lack.mend.split()
        if words[0] != "lake":
            break
        complain(f"{lack.what}: running `{lack.mend}`")
        command = [str(project.bin / "lake"), *words[1:]]
        # What Lake prints is no result of ours.
        done = subprocess.run(command, cwd=project.root, stdout=sys.stderr, check=False)
        if done.returncode != 0:
            raise SetupError(f"`{lack.mend}` ended with {done.returncode} in {project.root}")
    raise SetupError(f"{start}: {lack.what}; mend it with: {lack.mend}")
