"""Every test begins with telemetry that nobody has asked for, and ends with it off."""

import os
import subprocess
import sys

import pytest
from telemetry_programs import Ran, command, environment, read

from proofagent import telemetry


@pytest.fixture(autouse=True)
def silent(monkeypatch):
    """No variable of the machine that the tests run on asks for anything."""
    for name in os.environ:
        if name.startswith("OTEL_"):
            monkeypatch.delenv(name)
    # What `start` leaves for other processes is gone after the test.
    for name in ("PROOFAGENT_LOG", "PROOFAGENT_LOG_FILE"):
        monkeypatch.setenv(name, "")
    telemetry.start()
    yield
    telemetry.stop()


@pytest.fixture
def logged(tmp_path):
    """Starts logs into a file; the result reads the events that came since, without time and level."""
    path = tmp_path / "events.jsonl"

    def start(level="debug"):
        telemetry.start(level, path)
        return lambda: [{k: v for k, v in each.items() if k not in ("time", "level")} for each in read(path)]

    return start


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Runs the command line in this process."""
    from proofagent.cli.main import main

    monkeypatch.chdir(tmp_path)

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["proofagent", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Ran(ended.value.code, *capsys.readouterr())

    return start


@pytest.fixture
def run(tmp_path):
    """Runs the command line, or a program given as its text, in a process of its own."""

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
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return start
