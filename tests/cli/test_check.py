"""`proofagent check` and `proofagent explain`, as a user runs them."""

import json
import signal
import time

import psutil
import pytest

from proofagent.check.receipt import Evidence, Receipt

CHALLENGE = "import Init\n\n/-- What is to be shown. -/\ntheorem t (a b : Nat) : a + b = b + a := sorry\n"
SOLUTION = CHALLENGE.replace("sorry", "by\n  omega")
WRONG = CHALLENGE.replace("sorry", "by\n  rfl")
LEAN = [pytest.mark.lean, pytest.mark.xdist_group("cli-check")]


@pytest.fixture
def files(tmp_path):
    for name, text in (("C.lean", CHALLENGE), ("S.lean", SOLUTION), ("W.lean", WRONG)):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.lean
@pytest.mark.xdist_group("cli-check")
def test_a_checker_of_the_settings_is_demanded_only_where_it_is_asked(run, files):
    """Where it is, its absence is no agreement."""
    settings = files / "settings.toml"
    settings.write_text("[checkers.x]\ncommand = ['not_there_at_all']\n", encoding="utf-8")
    refused = run("check", "C.lean", "S.lean", PROOFAGENT_CONFIG=settings)
    assert (refused.code, "there is no program not_there_at_all" in refused.err) == (64, True)
    assert run("check", "C.lean", "S.lean", "--no-kernels", PROOFAGENT_CONFIG=settings).code == 0
    assert run("export", "S.lean", "--output", "s.ndjson", PROOFAGENT_CONFIG=settings).code == 0


@pytest.mark.lean
@pytest.mark.xdist_group("cli-check")
def test_a_right_solution(run, files):
    """It is accepted with exit code 0, and its receipt can be confirmed and explained from one file."""
    ran = run("check", "C.lean", "S.lean", "--output", "receipt.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("✓ accepted  Lean 4.28.0-pre (embedded)")
    assert "proved: t" in ran.out
    evidence = Evidence.model_validate_json((files / "receipt.json").read_text())
    assert (evidence.receipt.outcome, evidence.solution) == ("accepted", SOLUTION.replace("import Init", ""))
    again = run("check", "--receipt", "receipt.json")
    assert (again.code, "the receipt is confirmed" in again.out) == (0, True)
    explained = run("explain", "receipt.json")
    assert explained.code == 0
    assert "a published soundness bug: lean4#14577" in explained.out


@pytest.mark.lean
@pytest.mark.xdist_group("cli-check")
def test_a_wrong_solution(run, files):
    """It is rejected with exit code 1; reasons have codes and places in the file, in JSON too."""
    ran = run("check", "C.lean", "W.lean", "--json", "--output", "receipt.json")
    paper = Receipt.model_validate_json(ran.out)
    assert (ran.code, paper.outcome) == (1, "rejected")
    assert {(r.code, r.line) for r in paper.reasons} == {("errors", 5), ("sorry", 3)}
    explained = run("explain", "receipt.json")
    assert "5:2: errors" in explained.out
    assert "Lean reports an error, so the file would not build" in explained.out


@pytest.mark.lean
@pytest.mark.xdist_group("cli-check")
def test_a_receipt_that_does_not_hold(run, files):
    """Whoever changes the solution under a receipt, or the receipt, is found out; the exit code is 1."""
    assert run("check", "C.lean", "S.lean", "-o", "receipt.json").code == 0
    forged = json.loads((files / "receipt.json").read_text())
    forged["receipt"]["axioms"] = ["propext"]
    (files / "forged.json").write_text(json.dumps(forged))
    ran = run("check", "--receipt", "forged.json", "--json")
    assert (ran.code, json.loads(ran.out)["differences"]) == (1, ["axioms"])
    forged["solution"] = WRONG.replace("import Init", "")
    (files / "forged.json").write_text(json.dumps(forged))
    ran = run("check", "--receipt", "forged.json")
    assert (ran.code, "outcome: recorded 'accepted', found 'rejected'" in ran.err) == (1, True)


@pytest.mark.lean
@pytest.mark.xdist_group("cli-check")
def test_paranoia(run, files):
    """One kernel is not enough: undecided, exit code 2."""
    ran = run("check", "C.lean", "S.lean", "--paranoid", "--no-judges", "--no-kernels")
    assert ran.code == 2
    assert "no second kernel was asked" in ran.out


BAD = {
    "no-files": (["check"], "two files are needed"),
    "one-file": (["check", "C.lean"], "two files are needed"),
    "missing": (["check", "C.lean", "Nowhere.lean"], "Nowhere.lean: cannot be read"),
    "a-folder": (["check", "C.lean", "."], "a directory"),
    "module": (["check", "C.lean", "M.lean"], "needs a native Lean"),
    "binary": (["check", "C.lean", "B.lean"], "B.lean"),
    "no-time": (["check", "C.lean", "S.lean", "--time", "0"], "--time"),
    "receipt-and-files": (["check", "C.lean", "S.lean", "--receipt", "good.json"], "--receipt says itself"),
    "receipt-and-leave": (["check", "--receipt", "good.json", "--allow-axiom", "x"], "--receipt says itself"),
    "receipt-of-nothing": (["check", "--receipt", "Nowhere.json"], "cannot be read"),
    "receipt-that-is-none": (["check", "--receipt", "C.lean"], "not a receipt of this version"),
    "receipt-of-the-future": (["check", "--receipt", "future.json"], "schema_version"),
    "explain-nothing": (["explain", "C.lean"], "not a receipt of this version"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_checked(say, files, name):
    """One line says what is wrong and with what; exit code 64, before any Lean starts."""
    paper = {
        "outcome": "accepted",
        "rung": "compared",
        "challenge_sha256": "",
        "solution_sha256": "",
        "deadline_seconds": 1,
        "made": "2026-01-01T00:00:00Z",
    }
    evidence = {"receipt": paper, "challenge": "", "solution": ""}
    (files / "good.json").write_text(json.dumps(evidence))
    (files / "future.json").write_text(json.dumps({**evidence, "receipt": {**paper, "schema_version": 99}}))
    (files / "M.lean").write_text("module\n" + SOLUTION)
    (files / "B.lean").write_bytes(b"theorem t : True := \0")
    arguments, message = BAD[name]
    ran = say(*arguments)
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.startswith("error: ")
    assert message in ran.err


@pytest.mark.lean
@pytest.mark.xdist_group("cli-check")
def test_an_interrupt(spawn, files):
    """Ctrl-C ends a check at once, with exit code 2 and no traceback."""
    process = spawn("check", "C.lean", "S.lean")
    while not psutil.Process(process.pid).children():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, b"Traceback" in errors) == (2, False)
