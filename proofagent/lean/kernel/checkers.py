"""External checkers of Lean's export format: programs that the settings name, asked with a file and an exit code."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import anyio

from proofagent.config.settings import CheckerTable, Settings
from proofagent.errors import ConfigError
from proofagent.lean.kernel.exported import Exported
from proofagent.lean.program import run, shown

_PLACE = re.compile(r"\{[a-z]+\}")
_EXPORT, _CONFIG = "export.ndjson", "config.json"


@dataclass(frozen=True, slots=True)
class Checker:
    """A program that says by its exit code whether it takes all declarations of a file."""

    name: str
    table: CheckerTable
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a checker said; `detail` is the end of what it printed where it did not accept."""

    outcome: Literal["accepted", "rejected", "undecided"]
    detail: str


def checkers_on(settings: Settings, path: str | None = None) -> tuple[Checker, ...]:
    """The checkers of `settings`, each with its program on `path` (PATH by default).

    Raises `ConfigError` where a program is not there: a checker that was asked for and is missing is no agreement.
    """
    path = os.environ.get("PATH", os.defpath) if path is None else path
    found = []
    for name, table in settings.checkers.items():
        if (program := shutil.which(table.command[0], path=path)) is None:
            raise ConfigError(
                f"the checker {name} of the settings cannot be asked: there is no program {table.command[0]}; "
                "install it, give its full path, or take its table out"
            )
        # It is started elsewhere, so the way to it must not depend on where we are.
        command = (str(Path(program).absolute()), *table.command[1:])
        found.append(Checker(name, table.model_copy(update={"command": command}), path))
    return tuple(found)


async def ask(checker: Checker, given: Exported, *, deadline: float) -> Answer:
    """Have `checker` look at `given`, within its own time and `deadline` seconds.

    Whatever is neither of its exit codes for yes and no is undecided, and so is a program that cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="proofagent-checker-", ignore_cleanup_errors=True) as name:
        folder = Path(await anyio.Path(name).resolve())
        places = {"{export}": str(folder / _EXPORT), "{config}": str(folder / _CONFIG)}
        try:
            await anyio.Path(folder, _EXPORT).write_text(given.text, encoding="utf-8")
            names = {"{axioms}": json.dumps(given.bare(given.axioms)), "{new}": json.dumps(given.bare(given.new))}
            config = _filled(checker.table.config, places | names)
            await anyio.Path(folder, _CONFIG).write_text(config, encoding="utf-8")
        except OSError as error:
            return Answer("undecided", f"its files cannot be written: {error}")
        command = [_filled(word, places) for word in checker.table.command]
        environment = {"PATH": checker.path, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        limit = min(deadline, checker.table.seconds)
        said = await run(command, folder=folder, environment=environment, deadline=limit)
    if said.code in checker.table.accepts:
        return Answer("accepted", "")
    if said.code in checker.table.rejects:
        return Answer("rejected", shown(said.text))
    return Answer("undecided", f"it {said.how}: {shown(said.text)}")


def _filled(text: str, places: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: places.get(found[0], found[0]), text)
