"""`proofagent minimize`: what it prints, writes and returns."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from proofagent.cli import main as command_line
from proofagent.cli.main import _run, app

PROOF = """\
import Init
namespace A
theorem t (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  skip
  constructor
  · exact hq
  · exact hp
end A

theorem u : True := by
  skip
  trivial
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "Proofs.lean"
    path.write_text(PROOF, encoding="utf-8")
    return path


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["proofagent", "minimize", *map(str, arguments)])
    code = _run()
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theorem t : True := by /- trivial", "does not end"),
        ('theorem t : "a = "a" := by', "does not end"),
        ("def a := 1\n", "no theorem"),
        ("", "empty"),
        ("module\ntheorem t : True := trivial\n", "native Lean"),
        ("theorem t : Nat → True\n  | _ => trivial\n", "no theorem"),
    ],
)
def test_files_that_cannot_be_used(monkeypatch, capsys, tmp_path, text, said):
    path = tmp_path / "Bad.lean"
    path.write_text(text, encoding="utf-8")
    code, _, err = run(monkeypatch, capsys, path, "--write")
    assert code == 64
    assert said in err
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "options", [["--theorem", "nobody"], ["--write", "-o", "x.lean"], ["--time", "0"], ["--engines", "0"], ["--what"]]
)
def test_usage(monkeypatch, capsys, file, options):
    code, _, err = run(monkeypatch, capsys, file, *options)
    assert code == 64
    assert "error" in err
    assert file.read_text(encoding="utf-8") == PROOF


def test_a_missing_file(monkeypatch, capsys, tmp_path):
    assert run(monkeypatch, capsys, tmp_path / "none.lean")[0] == 64


def test_help_has_examples():
    said = CliRunner().invoke(app, ["minimize", "--help"]).output
    assert "Examples of use" in said
    assert "proofagent minimize Proofs.lean" in said
    assert command_line.app is app


@pytest.mark.lean
def test_one_theorem_is_written_and_the_rest_stays(monkeypatch, capsys, file, installation):
    target = file.with_name("Shorter.lean")
    code, printed, _ = run(monkeypatch, capsys, file, "--theorem", "t", "-o", target, "--json")
    report = json.loads(printed)
    assert (code, report["schema_version"], report["outcome"]) == (0, 1, "accepted")
    assert report["receipt"]["outcome"] == "accepted"
    (theorem,) = report["theorems"]
    assert theorem["name"] == "A.t"
    assert theorem["after"] < theorem["before"]
    assert report["written"] == str(target)
    shorter = target.read_text(encoding="utf-8")
    assert shorter == report["text"]
    assert shorter.startswith(PROOF[: PROOF.index(" by\n")])
    assert shorter.endswith(PROOF[PROOF.index("\nend A") :])
    assert file.read_text(encoding="utf-8") == PROOF


@pytest.mark.lean
def test_a_file_that_the_gate_rejects_stays(monkeypatch, capsys, tmp_path, installation):
    path = tmp_path / "Open.lean"
    path.write_text("theorem t : 1 = 2 := by\n  sorry\n", encoding="utf-8")
    code, _, err = run(monkeypatch, capsys, path, "--write")
    assert code == 1
    assert "rejected" in err
    assert path.read_text(encoding="utf-8") == "theorem t : 1 = 2 := by\n  sorry\n"


@pytest.mark.lean
def test_ctrl_c_keeps_the_best_so_far(file, installation):
    """Whatever was found until then, the statements are whole; undecided only where the gate had said nothing yet."""
    import signal
    import time

    command = [sys.executable, "-m", "proofagent", "minimize", str(file), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(8)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=120)
    report = json.loads(printed)
    assert process.returncode in (0, 2)
    assert report["outcome"] in ("accepted", "undecided")
    assert report["text"].startswith(PROOF[: PROOF.index(" by\n")])
