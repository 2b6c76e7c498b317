"""Goals from the JSON files in which public benchmarks come.

SorryDB and LeanDojo Benchmark name places in the repositories of others; whoever wants to prove what stands there has
a checkout of the repository. FATE has whole Lean texts.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from proofagent.errors import GoalError
from proofagent.goals.checkout import Checkout, Theorems, answered, repository
from proofagent.goals.files import LeanFile, from_file, open_file, read_text
from proofagent.goals.goal import Goal
from proofagent.goals.lexer import sorries
from proofagent.goals.loaders import MAX_STATEMENT, BadLine, from_statement

MAX_JSON_BYTES = 2_000_000_000
MAX_PLACE = 1_000_000_000
MAX_NAME = 4000

Found = Iterator[Goal | BadLine]
_Line = Annotated[int, Field(ge=1, le=MAX_PLACE)]


def from_json(path: Path, checkout: Path | None = None) -> Found:
    """The goals of a JSON file of SorryDB, LeanDojo Benchmark or FATE, told apart by the keys of their entries.

    `checkout` is the folder of the repository that the entries are about; FATE needs none. What is no goal is a
    `BadLine` whose line is 0 and whose message says which entry it is, counted from 0 as JSON lists are.

    Raises GoalError at once if the file cannot be read, is larger than 2 GB, is not JSON or none of the three, or if
    the folder is needed and not given, or none.
    """
    entries = _entries(path)
    kinds: dict[type[BaseModel], set[str]] = {
        _Sorry: {"repo", "location"},
        _Theorem: {"file_path", "full_name"},
        _Text: {"formal_statement"},
    }
    first = next((entry for entry in entries if isinstance(entry, dict)), {})
    kind = next((kind for kind, keys in kinds.items() if keys <= first.keys()), None)
    if kind is None:
        keys = ", ".join(f"`{_shown(str(key))}`" for key in list(first)[:8])
        raise GoalError(
            "neither SorryDB (`repo`, `location`) nor LeanDojo Benchmark (`file_path`, `full_name`) nor FATE "
            f"(`formal_statement`): the first entry has {keys or 'no keys'}",
            where=str(path),
        )
    if kind is _Text:
        return _texts(path.name, entries)
    if checkout is None:
        raise GoalError(_wanted(first), where=str(path))
    folder = Checkout(checkout)
    return _sorries(path.name, entries, folder) if kind is _Sorry else _theorems(_split_name(path), entries, folder)


def from_sorrydb(path: Path, checkout: Path) -> Found:
    """The goals of SorryDB's JSON that are of the repository in the folder `checkout`, file by file.

    Lines count from 1 and columns from 0 in code points, as here. A goal is the one that `from_file` makes, so that
    proofs can be put back; it comes once, though a `sorry` behind ``<;>`` has an entry for each of its goals. Which
    entries are meant is decided by the `origin` of the checkout. If that is unknown, or the list is about one
    repository only (the checkout may be of a fork), those are meant whose files are there. The others are counted in
    a last `BadLine`; errors as `from_json`.
    """
    return _sorries(path.name, _entries(path), Checkout(checkout))


def from_leandojo(path: Path, checkout: Path) -> Found:
    """The theorems of a LeanDojo Benchmark split as goals without their proofs, file by file, as in `Theorems`.

    Lines and columns count from 1 there. Where a theorem begins is with or without its modifiers, and its end is not
    looked at. At any time, no more than one file and one goal is held. Errors as `from_json`.
    """
    return _theorems(_split_name(path), _entries(path), Checkout(checkout))


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _Repo(_Entry):
    remote: str = Field(max_length=MAX_NAME)
    commit: str = ""


class _Location(_Entry):
    path: str = Field(validation_alias=AliasChoices("path", "file"), max_length=MAX_NAME)
    start_line: _Line
    start_column: int = Field(ge=0, le=MAX_PLACE)


class _Sorry(_Entry):
    repo: _Repo
    location: _Location
    id: str | int = ""


class _Theorem(_Entry):
    file_path: str = Field(max_length=MAX_NAME)
    full_name: str = Field(max_length=MAX_NAME)
    start: list[_Line] = Field(min_length=2, max_length=2)
    commit: str = ""


class _Text(_Entry):
    name: str | int = Field("", validation_alias=AliasChoices("name", "full_name", "problem_id", "id"))
    formal: str = Field(validation_alias="formal_statement", max_length=MAX_STATEMENT)
    header: str = Field("", max_length=MAX_STATEMENT)


_E = TypeVar("_E", bound=_Entry)


def _entries(path: Path) -> list[object]:
    """What a JSON file lists, without the proofs that are of no use here and most of its size."""
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_JSON_BYTES:
            raise GoalError(f"larger than {MAX_JSON_BYTES / 1e9:g} GB", where=str(path))
        try:
            loaded: object = json.loads(file.read(MAX_JSON_BYTES + 1), object_hook=_without_tactics)
        except json.JSONDecodeError as error:
            raise GoalError(f"not JSON: {error.msg}", where=f"{path}:{error.lineno}:{error.colno - 1}") from error
        except UnicodeDecodeError as error:
            raise GoalError(f"not UTF-8 text (byte {error.start})", where=str(path)) from error
        except (OSError, ValueError, RecursionError) as error:  # ValueError: a number with thousands of digits
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise GoalError(f"cannot be read: {reason}", where=str(path)) from error
    if isinstance(loaded, dict):
        loaded = [loaded] if loaded.keys() >= {"repo", "location"} else loaded.get("sorries")
    if not isinstance(loaded, list) or not loaded:
        raise GoalError(
            "neither a list of goals nor an object with a list `sorries`, or the list is empty", where=str(path)
        )
    return loaded


def _without_tactics(entry: dict[str, object]) -> dict[str, object]:
    entry.pop("traced_tactics", None)
    return entry


def _valid(model: type[_E], entries: Sequence[object], label: str) -> Iterator[tuple[str, _E | BadLine]]:
    """Each entry, read, or what is wrong with it, with the words that say which entry it is."""
    for index, entry in enumerate(entries):
        place = f"{label}[{index}]"
        try:
            yield place, model.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            field = ".".join(_shown(str(part)) for part in first["loc"])
            yield place, BadLine(0, f"{place}: {field}: {first['msg']}" if field else f"{place}: {first['msg']}")


def _sorries(label: str, entries: Sequence[object], checkout: Checkout) -> Found:
    read: list[tuple[str, _Sorry]] = []
    for place, entry in _valid(_Sorry, entries, label):
        if isinstance(entry, BadLine):
            yield entry
        else:
            read.append((place, entry))
    origin = checkout.origin
    by_file = origin is None or len({repository(entry.repo.remote) for _, entry in read}) == 1
    files: dict[str, list[tuple[str, _Sorry]]] = {}
    others: Counter[str] = Counter()
    for place, entry in read:
        path, remote = entry.location.path, repository(entry.repo.remote)
        try:
            if remote == origin or (by_file and checkout.has(path)):
                files.setdefault(path, []).append((place, entry))
            else:
                others[remote] += 1
        except GoalError as error:
            yield BadLine(0, f"{place}: {_at(_shown(path), error)}")
    for path, group in files.items():
        yield from _sorries_of(checkout, path, group)
    if others:
        most = ", ".join(_shown(remote) for remote, _ in others.most_common(5))
        more = ", …" if len(others) > 5 else ""
        yield BadLine(0, f"{label}: {others.total()} of other repositories: {most}{more}")


def _sorries_of(checkout: Checkout, path: str, group: Sequence[tuple[str, _Sorry]]) -> Found:
    """The goals of one file."""
    try:
        file, goals = from_file(checkout.file(path))
    except GoalError as error:
        for place, _ in group:
            yield BadLine(0, f"{place}: {_at(_shown(path), error)}")
        return
    holes = {(goal.position.line, goal.position.column): goal for goal in goals if goal.position}
    done: set[tuple[int, int]] = set()
    for place, entry in group:
        line, column = entry.location.start_line, entry.location.start_column
        if goal := holes.get((line, column)):
            if (line, column) not in done:
                yield replace(goal, origin=f"{goal.origin} ({place} {_shown(str(entry.id))})")
            done.add((line, column))
            continue
        near = min(holes, key=lambda hole: (abs(hole[0] - line), abs(hole[1] - column)))
        what = "`sorry` is not in the body of a declaration" if _holds(file, line, column) else "no `sorry` stands here"
        hint = f"; the nearest is at {near[0]}:{near[1]}{_commit(entry.repo.commit)}"
        yield BadLine(0, f"{place}: {file.path}:{line}:{column}: {what}{hint}")


def _theorems(label: str, entries: Sequence[object], checkout: Checkout) -> Found:
    files: dict[str, list[tuple[str, _Theorem]]] = {}
    for place, entry in _valid(_Theorem, entries, label):
        if isinstance(entry, BadLine):
            yield entry
        else:
            files.setdefault(entry.file_path, []).append((place, entry))
    for path, group in files.items():
        yield from _theorems_of(checkout, path, group)


def _theorems_of(checkout: Checkout, path: str, group: Sequence[tuple[str, _Theorem]]) -> Found:
    """The goals of one file."""
    try:
        theorems = Theorems(read_text(checkout.file(path)))
    except GoalError as error:
        for place, _ in group:
            yield BadLine(0, f"{place}: {_at(_shown(path), error)}")
        return
    for place, entry in group:
        line, column = entry.start
        where_from = f"{_shown(path)}:{line}:{column - 1}"
        try:
            yield theorems.at(entry.full_name, line, column - 1, origin=f"{place} {where_from}")
        except GoalError as error:
            yield BadLine(0, f"{place}: {where_from}: {_shown(str(error))}{_commit(entry.commit)}")


def _texts(label: str, entries: Sequence[object]) -> Found:
    for place, entry in _valid(_Text, entries, label):
        if isinstance(entry, BadLine):
            yield entry
            continue
        try:
            goal = from_statement(answered(f"{entry.header}\n{entry.formal}"))
        except GoalError as error:
            yield BadLine(0, f"{place}: {error}")
            continue
        if sorries(goal.preamble):
            yield BadLine(0, f"{place}: `sorry` stands before the theorem: nothing that rests on it counts")
        else:
            yield replace(goal, origin=f"{place} {entry.name}".strip())


def _holds(file: LeanFile, line: int, column: int) -> bool:
    return any((hole.line, hole.column) == (line, column) for hole in file.ignored)


def _split_name(path: Path) -> str:
    """``random/test.json``: the files of both splits are called the same."""
    return "/".join(path.absolute().parts[-2:])


def _wanted(entry: Mapping[str, object]) -> str:
    """What is to be done where there is no checkout."""
    source = entry.get("repo", entry)
    known = source if isinstance(source, dict) else {}
    url, commit = (_shown(str(known.get(key) or "?")) for key in ("remote" if "repo" in entry else "url", "commit"))
    return f"the repository {url} at commit {commit} is needed: check it out, and name its folder with `--project DIR`"


def _commit(commit: str) -> str:
    return f" (is this commit {_shown(commit[:12])}?)" if commit else ""


def _at(path: str, error: Exception) -> str:
    message = str(error)
    return message if path in message else f"{path}: {message}"


def _shown(text: str) -> str:
    """Foreign text within a message."""
    return "".join(char if char.isprintable() else "?" for char in text[:200])
