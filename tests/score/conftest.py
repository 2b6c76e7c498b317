"""Commands run in this process."""

import sys

import pytest

from proofagent.cli.main import main


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Runs a command line in a folder of its own: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["proofagent", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capsys.readouterr())

    return run
