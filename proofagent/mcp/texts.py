"""Lean texts that a client sends, read by the functions that read files: a text is a file for as long as that takes."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from proofagent.errors import GoalError
from proofagent.goals.commands import header
from proofagent.goals.files import LeanFile, Source, from_file, source
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import components, sorries
from proofagent.goals.loaders import from_statement

NAME = "text.lean"
"""What a text is called in messages about it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work:
    """Goals, and the file that they are holes of, where the text is more than a statement."""

    goals: tuple[Goal, ...]
    file: LeanFile | None = None

    @property
    def imports(self) -> tuple[str, ...]:
        return self.goals[0].imports


def source_of(text: str, name: str = NAME) -> Source:
    """As `goals.files.source`, of a text that messages call `name`."""
    return replace(_as_file(text, name, source), path=Path(name))


def work_of(text: str, theorem: str | None) -> Work:
    """The goals of a text: its `sorry`s, or, where it has none, the statement that it is.

    `theorem` chooses a declaration by full name or last component. Raises `GoalError`.
    """
    if sorries(text):
        return _file_work(text, theorem)
    goal = from_statement(text)
    if theorem is not None and theorem not in (goal.name, components(goal.name)[-1]):
        raise GoalError(f"there is no theorem `{theorem}`; the text states `{goal.name}`")
    return Work((goal,))


def first_goal(text: str, theorem: str | None) -> Goal:
    """The first hole of the one declaration that is meant. Raises `GoalError` where there are several."""
    work = work_of(text, theorem)
    names = list(dict.fromkeys(goal.name for goal in work.goals))
    if len(names) > 1:
        raise GoalError(f"several declarations have a `sorry`; choose one of them: {', '.join(names)}")
    return work.goals[0]


def completed(goal: Goal, proof: str) -> str:
    """The whole text of a goal with `proof` in its hole, as a file."""
    imports = "".join(f"import {module}\n" for module in goal.imports if module != "Init")
    return f"{imports}{goal.preamble}{goal.statement}{goal.lead}{proof}{goal.tail}".strip() + "\n"


def _file_work(text: str, theorem: str | None) -> Work:
    head = header(text)
    if head.module or head.prelude:
        raise GoalError("files with `module` or `prelude` are not supported yet")

    def read(path: Path) -> Work:
        file, goals = from_file(path, only=theorem)
        renamed = [replace(g, position=g.position and replace(g.position, path=NAME)) for g in goals]
        moved = [replace(g, origin=g.origin.replace(str(path), NAME)) for g in renamed]
        return Work(tuple(moved), replace(file, path=Path(NAME)))

    return _as_file(text, NAME, read)


def _as_file(text: str, name: str, read: Callable[[Path], T]) -> T:
    """What `read` makes of a file with this text, whose folder is in no message."""
    with tempfile.TemporaryDirectory(prefix="proofagent-mcp-") as folder:
        path = Path(folder, name)
        path.write_bytes(text.encode())
        try:
            return read(path)
        except GoalError as error:
            raise GoalError(str(error).replace(f"{folder}{os.sep}", "")) from None
