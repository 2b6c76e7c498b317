"""Goals that were tried in vain, so that a run over all of a project goes on where the last one ended."""

import json
import os
from dataclasses import replace
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from proofagent.errors import GoalError
from proofagent.goals.goal import Goal
from proofagent.goals.outline import outline
from proofagent.types import Budget


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    goal: str
    means: str
    seconds: float
    candidates: int
    heartbeats: int


class Attempted:
    """A file with a line for every goal that stayed open, and how much was spent on it.

    `means` says with what they are tried (engine, models): with other means all goals are new. Lines that cannot be
    read, and a last one that was cut off, count as nothing. Several processes may append.
    """

    def __init__(self, path: Path, means: str) -> None:
        self.path, self._means = path, means
        self._known: dict[str, list[_Line]] = {}
        try:
            lines = path.read_text("utf-8", "replace").splitlines()
        except OSError:
            lines = []
        for text in lines:
            try:
                line = _Line.model_validate_json(text)
            except ValidationError:
                continue
            if line.means == means:
                self._known.setdefault(line.goal, []).append(line)

    def seen(self, goal: Goal, budget: Budget) -> bool:
        """Whether at least `budget` was spent on the goal, in vain. How what stands before it is proved plays no part:
        that may have been written meanwhile.
        """
        return any(
            line.seconds >= budget.seconds
            and line.candidates >= budget.candidates
            and line.heartbeats >= budget.heartbeats
            for line in self._known.get(_essence(goal), ())
        )

    def add(self, goal: Goal, budget: Budget) -> None:
        """Note that the goal stayed open. A disk that is full costs the note and nothing else."""
        line = _Line(
            goal=_essence(goal),
            means=self._means,
            seconds=budget.seconds,
            candidates=budget.candidates,
            heartbeats=budget.heartbeats,
        )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # A line of its own even behind one that was cut off.
                os.write(descriptor, b"\n" + json.dumps(line.model_dump()).encode() + b"\n")
            finally:
                os.close(descriptor)
        except OSError:
            return
        self._known.setdefault(line.goal, []).append(line)


def _essence(goal: Goal) -> str:
    """The digest of a goal before which theorems have statements only."""
    try:
        parts = [part.statement if part.proves else part.text for part in outline(goal.preamble)]
    except GoalError:
        return goal.digest
    return replace(goal, preamble="\n".join(parts)).digest


def project_file(root: Path, name: str) -> Path:
    """Where something about the project at `root` is kept: nothing is ever added to the project itself."""
    project = str(root.resolve()).strip("/").replace("/", "-")[-150:] or "root"
    return Path(platformdirs.user_state_dir("proofagent")) / "projects" / project / name
