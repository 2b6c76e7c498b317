"""The trace of a run: a line of JSON for everything that happened, written when it happened, read by `show`.

A killed run leaves what it had. Keys are in no trace: they are in nothing that a call consists of.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from proofagent.errors import GoalError
from proofagent.goals.goal import Goal
from proofagent.propose.asker import Asked
from proofagent.runs.calls import CallModel, SaidModel, call_model, said_model
from proofagent.runs.results import GoalResult
from proofagent.search.settings import Tried

_KEPT = 100
_MOST_LINE = 64 << 20


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoalLine(_Model):
    """A goal was begun."""

    event: Literal["goal"] = "goal"
    name: str
    origin: str
    preamble: str
    statement: str


class CallLine(_Model):
    """A model was asked; the candidates of its answers come later, on lines of their own."""

    event: Literal["call"] = "call"
    call: CallModel


class TriedLine(_Model):
    """A candidate was tried."""

    event: Literal["tried"] = "tried"
    origin: str
    call: str = ""
    tried: SaidModel


class ResultLine(_Model):
    """A goal was ended; the calls are not in it once more."""

    event: Literal["result"] = "result"
    result: GoalResult


Line = GoalLine | CallLine | TriedLine | ResultLine
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


class Trace:
    """Writes a trace to `path`, a new file; one that nothing came into is taken away again.

    Raises `OSError` where there is such a file, or no place for one. A trace that cannot be written later is no reason
    to lose a run: `broken` says why it ends.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.broken = ""
        # What people prove, and with which models, is theirs.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def began(self, goal: Goal) -> None:
        self._write(GoalLine(name=goal.name, origin=goal.origin, preamble=goal.preamble, statement=goal.statement))

    def called(self, asked: Asked) -> None:
        self._write(CallLine(call=call_model(asked)))

    def tried(self, tried: Tried) -> None:
        candidate = tried.candidate
        self._write(TriedLine(origin=candidate.origin, call=candidate.call, tried=said_model(tried)))

    def ended(self, result: GoalResult) -> None:
        self._write(ResultLine(result=result.model_copy(update={"calls": ()})))

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()
            if not self.path.stat().st_size:
                self.path.unlink()

    def _write(self, line: Line) -> None:
        if self.broken:
            return
        try:
            text = line.model_dump_json()
        except ValueError:  # half of a surrogate pair, which no file can hold
            text = json.dumps(line.model_dump(mode="python"), default=str).replace("\\ud", "\\\\ud")
        try:
            self._file.write(text + "\n")
            self._file.flush()
        except (OSError, ValueError) as error:
            self.broken = str(error)


def traces_folder() -> Path:
    """Where traces are kept that nobody named a place for."""
    return Path(platformdirs.user_state_dir("proofagent")) / "traces"


def new_path(title: str, folder: Path | None = None) -> Path:
    """A new file name in `folder` that says when and what; all but the newest hundred traces there are deleted."""
    folder = folder or traces_folder()
    for old in sorted(folder.glob("*.jsonl"))[: -_KEPT + 1]:
        old.unlink(missing_ok=True)
    word = re.sub(r"[^\w.-]+", "-", title)[:40].strip("-.") or "goal"
    now = time.time_ns()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now // 10**9))
    return folder / f"{stamp}-{now % 10**9:09d}-{word}.jsonl"


def newest(folder: Path | None = None) -> Path:
    """The newest trace of `folder`. Raises `GoalError` where there is none."""
    folder = folder or traces_folder()
    found = sorted(folder.glob("*.jsonl"))
    if not found:
        raise GoalError(
            "there is no trace yet; `proofagent prove --model …` and `--trace FILE` write one", where=str(folder)
        )
    return found[-1]


def read_trace(path: Path) -> Iterator[Line]:
    """The lines of a trace. A last line that a killed run left unfinished is left out.

    Raises `GoalError` where the file cannot be read or holds something else.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while text := file.readline(_MOST_LINE):
                number += 1
                if not text.endswith(b"\n"):
                    return
                yield _LINE.validate_json(text)
    except ValidationError as error:
        raise GoalError("this line is not of a trace", where=f"{path}:{number}") from error
    except OSError as error:
        raise GoalError(error.strerror or str(error), where=str(path)) from error
