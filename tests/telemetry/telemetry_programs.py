"""Programs that tests start, and what they wrote."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import proofagent

ROOT = str(Path(proofagent.__file__).parent.parent)


def read(path):
    """The events of a log, a line each."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def events(self):
        """The lines of standard error that are events."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]

    @property
    def told(self):
        """The other lines of standard error."""
        return [line for line in self.err.splitlines() if not line.startswith("{")]


def command(*arguments):
    """The command line where the first argument is no text of a program."""
    if arguments and "\n" in str(arguments[0]):
        return [sys.executable, "-c", arguments[0], *map(str, arguments[1:])]
    return [sys.executable, "-m", "proofagent", *map(str, arguments)]


def environment(**changes):
    kept = {**os.environ, "PYTHONPATH": ROOT, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}
    merged = {name: value for name, value in kept.items() if not name.startswith(("PROOFAGENT_LOG", "OTEL_"))}
    return {name: str(value) for name, value in {**merged, **changes}.items() if value is not None}
