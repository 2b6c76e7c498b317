"""What `prove` is to prove: a statement, a place in a Lean file, files of a folder or project, a list of goals."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

from proofagent.errors import GoalError
from proofagent.goals.benchmarks import from_json
from proofagent.goals.checkout import from_answered_folder
from proofagent.goals.commands import header
from proofagent.goals.files import LeanFile, from_file, open_file
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import Kind, components, scan
from proofagent.goals.loaders import BadLine, files_of, from_jsonl, from_statement

_PLACE = re.compile(r"(.+\.lean):(\d{1,9})(?::\d{1,9})?")
_LISTS = (".jsonl", ".json")
Place = tuple[LeanFile, Sequence[Goal]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller says."""

    target: str | None
    theorem: str | None = None
    imports: tuple[str, ...] = ()
    project: Path | None = None
    all_sorries: bool = False
    answers: bool = False
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """Goals, or files with goals that have their places there; one of the two."""

    title: str
    goals: Iterable[Goal | BadLine] = ()
    places: Iterable[Place | BadLine] = ()
    file: LeanFile | None = None
    """The file, where it is one."""

    modules: tuple[str, ...] = ()
    """Modules of a compiled library, whose theorems are to be proved anew."""

    near: Path = Path()
    """Where the project is looked for that the goals are from."""

    pointed: bool = False
    """Whether it is a place in a project, so that what would change there is what one wants to see."""


def read(wanted: Wanted) -> Work:
    """Find out what is meant: a path where there is one or where it looks like one, a statement otherwise.

    With a project, a single name is a declaration of one of its files. Raises `GoalError`.
    """
    if wanted.modules:
        return _library(wanted)
    if wanted.all_sorries:
        return _project(wanted)
    if wanted.target is None:
        raise GoalError("TARGET is missing: a statement, a file, a folder, or --all-sorries")
    target, place = wanted.target, _PLACE.fullmatch(wanted.target)
    place = None if _exists(target) else place
    files = place is not None or target.endswith((*_LISTS, ".lean")) or _exists(target)
    if wanted.theorem is not None and (not files or place):
        raise GoalError("--theorem goes with a file, folder or list: TARGET says already which one is meant")
    if not files and wanted.project is not None and _is_name(target):
        return _named_in(wanted.project, target)
    if files and wanted.imports:
        raise GoalError("--import goes with a statement; a file says itself what it imports")
    if files:
        return _line(Path(place[1]), int(place[2])) if place else _at(Path(target), wanted)
    goal = from_statement(target, tuple(dict.fromkeys(("Init", *wanted.imports))))
    return Work(target, [goal], near=wanted.project or Path())


def _at(path: Path, wanted: Wanted) -> Work:
    """What is at a path."""
    if path.is_dir():
        return _folder(path, wanted)
    if path.suffix in _LISTS:
        return Work(str(path), _only(_list(path, wanted.project), wanted.theorem), near=wanted.project or Path())
    file, goals = from_file(path, only=wanted.theorem)
    return _one_file(str(path), file, goals)


def _one_file(title: str, file: LeanFile, goals: Sequence[Goal], *, pointed: bool = False) -> Work:
    _demand_plain(file)
    return Work(title, places=[(file, goals)], file=file, near=file.path, pointed=pointed)


def _demand_plain(file: LeanFile) -> None:
    head = header(file.text)
    if head.module or head.prelude:
        raise GoalError("files with `module` or `prelude` are not supported yet", where=str(file.path))


def _list(path: Path, project: Path | None) -> Iterable[Goal | BadLine]:
    if path.suffix == ".json":
        return from_json(path, project)
    with open_file(path):  # now, and not when an engine has been started
        return from_jsonl(path)


def _folder(path: Path, wanted: Wanted) -> Work:
    if wanted.answers:
        goals = _first(from_answered_folder(path), path)
        return Work(str(path), _only(goals, wanted.theorem), near=path)
    places = _chosen(_first(files_of(path), path), wanted.theorem)
    return Work(str(path), places=places, near=path, pointed=wanted.all_sorries)


def _library(wanted: Wanted) -> Work:
    if wanted.target is not None or wanted.all_sorries or wanted.imports:
        raise GoalError("--module says itself what is to be proved: no TARGET, --all-sorries or --import with it")
    return Work(" ".join(wanted.modules), modules=wanted.modules, near=wanted.project or Path())


def _project(wanted: Wanted) -> Work:
    if wanted.target is not None and not Path(wanted.target).is_dir():
        raise GoalError("--all-sorries goes with a folder, or with --project alone", where=wanted.target)
    return _folder(Path(wanted.target) if wanted.target is not None else wanted.project or Path(), wanted)


def _named_in(project: Path, name: str) -> Work:
    """The declaration of this full name, or, if there is only one, of this last component."""
    last = components(name)[-1]
    found = []
    for read_ in files_of(project, last):
        if isinstance(read_, BadLine):
            continue
        file, goals = read_
        found += [(file, goal) for goal in goals if name in (goal.name, components(goal.name)[-1])]
    exact = [(file, goal) for file, goal in found if goal.name == name] or found
    if not exact:
        raise GoalError(f"no declaration `{name}` with a `sorry` is in the Lean files", where=str(project))
    if len({(file.path, goal.name) for file, goal in exact}) > 1:
        several = ", ".join(dict.fromkeys(f"{goal.name} ({file.path})" for file, goal in exact))
        raise GoalError(f"several declarations are called `{name}`: {several}")
    return _one_file(name, exact[0][0], [goal for _, goal in exact], pointed=True)


def _line(path: Path, line: int) -> Work:
    """The `sorry`s in a line, or else those of the declaration that the line is in."""
    file, goals = from_file(path)
    here = [goal for goal in goals if goal.position and goal.position.line == line]
    if not here:
        here = [goal for goal in goals if _covers(file, goal, line)]
    # A declaration is accepted whole: one of its holes alone could never be written.
    whole = {goal.position.start - len(goal.lead) for goal in here if goal.position}
    here = [goal for goal in goals if goal.position and goal.position.start - len(goal.lead) in whole]
    if not here:
        near = min((goal.position.line for goal in goals if goal.position), key=lambda at: abs(at - line))
        said = f"no `sorry` is in this line or its declaration; the nearest is in line {near}"
        raise GoalError(said, where=f"{path}:{line}")
    return _one_file(f"{path.name}:{line}", file, here, pointed=True)


def _covers(file: LeanFile, goal: Goal, line: int) -> bool:
    if goal.position is None:
        return False
    start = goal.position.start - len(goal.lead) - len(goal.statement)
    end = goal.position.end + len(goal.tail)
    first = file.text.count("\n", 0, start) + 1
    return first <= line <= first + file.text.count("\n", start, end)


def _first(found: Iterator[T], path: Path) -> Iterator[T]:
    """The same, of which there has to be one."""
    if (first := next(found, None)) is None:
        raise GoalError("there is no `sorry` in the Lean files of this directory", where=str(path))
    return chain([first], found)


def _chosen(places: Iterable[Place | BadLine], theorem: str | None) -> Iterator[Place | BadLine]:
    for place in places:
        try:
            if not isinstance(place, BadLine):
                _demand_plain(place[0])
        except GoalError as error:
            yield BadLine(0, str(error))
            continue
        if isinstance(place, BadLine) or theorem is None:
            yield place
        elif goals := [goal for goal in place[1] if goal.name == theorem]:
            yield place[0], goals


def _only(goals: Iterable[Goal | BadLine], theorem: str | None) -> Iterator[Goal | BadLine]:
    return (goal for goal in goals if theorem is None or isinstance(goal, BadLine) or goal.name == theorem)


def _is_name(text: str) -> bool:
    try:
        return [token.kind for token in scan(text.strip())] == [Kind.IDENTIFIER]
    except GoalError:
        return False


def _exists(target: str) -> bool:
    try:
        return len(target) < 4096 and "\n" not in target and bool(target.strip()) and Path(target).exists()
    except (OSError, ValueError):
        return False
