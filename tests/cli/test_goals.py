"""`proofagent goals extract`: goals of a library as a file, as text and as JSON."""

import json
import signal
import time

import psutil
import pytest

from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_jsonl

pytestmark = pytest.mark.lean

BASIC, DVD = "Init.Data.Option.Basic", "Init.Data.Nat.Dvd"


def test_goals_of_a_module_are_written_as_prove_reads_them(run, tmp_path):
    """Every line is a goal, in the order of the report's counts; what is no goal is named."""
    ran = run("goals", "extract", BASIC, DVD, "--output", "goals.jsonl")
    assert (ran.code, ran.out) == (0, "")
    assert "came back as the same type (100.0%)" in ran.err
    assert "needs its own module: " in ran.err
    assert "written to goals.jsonl" in ran.err
    goals = list(from_jsonl(tmp_path / "goals.jsonl"))
    assert len(goals) > 30
    assert all(isinstance(goal, Goal) for goal in goals)


def test_without_a_file_goals_are_printed_and_the_summary_is_beside_them(run):
    """A pipe gets lines of JSON and nothing else."""
    ran = run("goals", "extract", DVD, "--sample", 3, "--seed", 5)
    assert ran.code == 0
    names = [json.loads(line)["name"] for line in ran.out.splitlines()]
    assert len(names) == 3
    assert "3 theorems" in ran.err
    again = run("goals", "extract", DVD, "--sample", 3, "--seed", 5, "--quiet")
    assert [json.loads(line)["name"] for line in again.out.splitlines()] == names
    assert again.err == ""


def test_the_report_counts_every_theorem_once(run):
    """With --json goals and what is lost are together all that was asked for."""
    ran = run("goals", "extract", BASIC, DVD, "--namespace", "Option", "--json")
    report = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert [module["module"] for module in report["modules"]] == [BASIC]  # nothing of the other is in the namespace
    (module,) = report["modules"]
    assert module["goals"] == len(report["goals"])
    assert module["theorems"] == module["goals"] + len(module["lost"])
    assert all(goal["name"].startswith("Option.") for goal in report["goals"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["Init.Data.Nat.Dvdd"],
            "no module `Init.Data.Nat.Dvdd` in the library; there is `Init.Data.Nat.Dvd`",
        ),
        ([""], "there is no module `` in the library"),
        ([DVD, "--namespace", "Nobody"], "there is no such theorem in these modules"),
        ([DVD, "--output", "no/such/folder.jsonl"], "no/such/folder.jsonl: the folder of --output does not exist"),
        ([DVD, "--sample", "0"], "'--sample': "),
    ],
)
def test_what_cannot_be_extracted_is_said_in_one_line(run, arguments, message):
    """Before a Lean is started."""
    ran = run("goals", "extract", *arguments)
    assert ran.code != 0
    assert message in ran.err
    assert ran.out == ""


def test_an_interrupt_keeps_the_modules_that_are_done(spawn, tmp_path):
    """Ctrl-C writes the file with what there is, and says how far it came."""
    process = spawn("goals", "extract", "Init.Data", "--namespace", "Nat", "--output", "goals.jsonl", "--json")
    end = time.monotonic() + 60
    while not psutil.Process(process.pid).children() and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(2.0)  # all these modules take minutes
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    report = json.loads(out)
    assert process.returncode == 2, err
    assert report["interrupted"]
    lines = (tmp_path / "goals.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == sum(module["goals"] for module in report["modules"])
