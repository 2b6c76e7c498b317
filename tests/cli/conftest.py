import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import proofagent
from proofagent.cli.main import main


@dataclass(frozen=True)
class Ran:
    """A command line that has ended."""

    code: int
    out: str
    err: str


def environment(**changes):
    """This process's environment with changes; None takes a variable away."""
    package = str(Path(proofagent.__file__).parent.parent)
    merged = {**os.environ, "PYTHONPATH": package, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1", **changes}
    return {name: str(value) for name, value in merged.items() if value is not None}


def command(*arguments):
    return [sys.executable, "-m", "proofagent", *map(str, arguments)]


@pytest.fixture
def run(tmp_path):
    """Runs the command line in a folder of its own; standard input is closed, nothing is a terminal."""

    def start(*arguments, seconds=200, **changes):
        done = subprocess.run(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=tmp_path,
            env=environment(**changes),
            timeout=seconds,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in ran.err
        assert "\x1b" not in ran.out + ran.err
        return ran

    return start


@pytest.fixture
def spawn(tmp_path):
    """Starts the command line and lets it run, as the leader of a process group."""
    started = []

    def start(*arguments, **options):
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            command(*arguments),
            cwd=tmp_path,
            env=environment(),
            start_new_session=True,
            bufsize=0,
            **{**pipes, **options},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Runs the command line in this process, for what is refused before any Lean starts: there is no Node."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROOFAGENT_NODE", "/nonexistent/node")

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["proofagent", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(ended.value.code, *capsys.readouterr())

    return start
