"""`proofagent minimize`: what it prints, writes and returns."""

import json
import sqlite3
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
    """Runs the command in this process; what Lean said is not kept unless a test says where."""
    arguments = [*arguments, *(() if "--cache" in arguments else ("--no-cache",))]
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
    ("options", "said"),
    [
        (["--theorem", "nobody"], "nobody"),
        (["--write", "-o", "x.lean"], "--write"),
        (["--time", "0"], "--time"),
        (["--engines", "0"], "--engines"),
        (["--what"], "--what"),
        (["--profile", "nobody"], "there are: mathlib, golf, fast, didactic"),
        (["--cache", "c", "--no-cache"], "--no-cache"),
        (["--cache", "Proofs.lean"], "--no-cache"),
        (["--settings-profile", "nobody"], "nobody"),
        (["--model", "gpt"], "provider/name"),
        (["--model", "openai/m"], "OPENAI_API_KEY"),
        (["--record", "r"], "--model"),
        (["--prompts", "nowhere"], "nowhere"),
    ],
)
def test_usage(monkeypatch, capsys, file, options, said):
    monkeypatch.chdir(file.parent)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    code, _, err = run(monkeypatch, capsys, file, *options)
    assert code == 64
    assert "error" in err
    assert said in err
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


TRIVIAL = """\
theorem u : True := by
  skip
  skip
  trivial

theorem v : True := by
  skip
  trivial
"""

INTERRUPTING = """
import signal
from proofagent.cli import minimize as command
from proofagent.cli.main import main

class Interrupting(command.Minimizer):
    def __init__(self, *arguments, listener, **options):
        def heard(name, before, now, tried):
            listener(name, before, now, tried)
            if now < before:
                signal.raise_signal(signal.SIGINT)
        super().__init__(*arguments, listener=heard, **options)

command.Minimizer = Interrupting
main()
"""
"""The command line, with Ctrl-C at the moment at which the first shorter proof is kept."""


@pytest.mark.lean
def test_ctrl_c_keeps_the_best_so_far(file, installation):
    """What was found before Ctrl-C, though no round had ended, is put to the gate and written."""
    file.write_text(TRIVIAL, encoding="utf-8")
    command = [sys.executable, "-c", INTERRUPTING, "minimize", str(file), "--json", "--no-cache", "--write"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    report = json.loads(done.stdout)
    assert (done.returncode, report["outcome"], report["interrupted"]) == (0, "accepted", True)
    first, second = report["theorems"]
    assert first["after"] < first["before"]
    assert len(first["variants"]) == 1
    assert (second["tried"], second["after"]) == (0, second["before"])
    assert file.read_text(encoding="utf-8") == report["text"]
    assert report["text"].startswith("theorem u : True := ")
    assert report["text"].endswith(TRIVIAL[TRIVIAL.index("\n\ntheorem v") :])
    assert report["receipt"]["outcome"] == "accepted"


@pytest.mark.lean
def test_ctrl_c_before_anything_is_known(file, installation):
    """Where not even the proofs as they are were checked, nothing is claimed and nothing written."""
    early = INTERRUPTING.replace("main()\n", "command.Minimizer.run = run\nmain()\n").replace(
        "command.Minimizer = ", "import anyio\nasync def run(self):\n    signal.raise_signal(signal.SIGINT)\n"
        "    await anyio.sleep(60)\n\ncommand.Minimizer = "
    )  # fmt: skip
    command = [sys.executable, "-c", early, "minimize", str(file), "--json", "--no-cache", "--write"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    report = json.loads(done.stdout)
    assert (done.returncode, report["outcome"], report["interrupted"]) == (2, "undecided", True)
    assert (report["text"], report["written"]) == (PROOF, None)
    assert file.read_text(encoding="utf-8") == PROOF


@pytest.mark.lean
def test_what_lean_said_is_kept_and_is_no_judge(monkeypatch, capsys, tmp_path, installation):
    """A second run asks Lean nothing that it knows; where every answer is turned into a yes, the gate says no."""
    path, cache = tmp_path / "Small.lean", tmp_path / "c.sqlite"
    path.write_text("theorem u (p q : Prop) (h : p ∧ q) : q := by\n  skip\n  exact h.2\n", encoding="utf-8")
    reports = []
    for _ in range(2):
        code, printed, _ = run(monkeypatch, capsys, path, "--cache", cache, "--json")
        reports.append(json.loads(printed))
        assert (code, reports[-1]["outcome"]) == (0, "accepted")
    first, second = reports
    assert first["text"] == second["text"]
    assert second["cache"]["path"] == str(cache)
    assert second["cache"]["hits"] > second["theorems"][0]["tried"] > 0
    with sqlite3.connect(cache) as db:
        assert db.execute("UPDATE answers SET well = 1, seconds = 0, warnings = 0").rowcount > 3
    db.close()
    code, printed, _ = run(monkeypatch, capsys, path, "--cache", cache, "--json", "--time", 30)
    report = json.loads(printed)
    assert (code, report["outcome"], report["receipt"]["outcome"]) == (0, "accepted", "accepted")
    assert report["refused"]
    assert report["text"].startswith("theorem u (p q : Prop) (h : p ∧ q) : q :=")


@pytest.mark.lean
def test_a_profile_is_never_worse(monkeypatch, capsys, tmp_path, installation):
    """What `minimize` gives back, `compare` does not find worse under the same profile: the artefacts say so."""
    path, shorter = tmp_path / "In.lean", tmp_path / "Out.lean"
    path.write_text(
        "theorem l (xs : List Nat) (h : xs ≠ []) : (xs ++ []).length = xs.length ∧ xs ≠ [] := by\n"
        "  skip\n  constructor\n  · simp\n  · exact h\n",
        encoding="utf-8",
    )
    code, printed, _ = run(monkeypatch, capsys, path, "--profile", "didactic", "-o", shorter, "--json")
    report = json.loads(printed)
    (theorem,) = report["theorems"]
    assert (code, report["profile"], theorem["better"]) == (0, "didactic", True)
    assert theorem["metrics"]["hardest"]["after"] < theorem["metrics"]["hardest"]["before"]
    assert theorem["why"].startswith("hardest")
    monkeypatch.setattr(sys, "argv", ["proofagent", "compare", str(path), str(shorter), "-p", "didactic", "--json"])
    assert _run() == 0
    (choice,) = json.loads(capsys.readouterr().out)["choices"]
    assert (choice["better"], choice["why"]) == (1, theorem["why"])
