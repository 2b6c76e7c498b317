"""`proofagent report` and `proofagent show RUN GOAL`, over journals of runs that never were."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

# Journals are made where the page is tested.
sys.path.append(str(Path(__file__).parent.parent / "report"))
from hostile_texts import TAGS
from synthetic_journals import digest_of, synthetic, write_journal

from proofagent.cli.show import RunGoal
from proofagent.report.models import BatchReports
from proofagent.runs.journal import NAME, Known, read_events


@pytest.fixture
def folder(tmp_path):
    return write_journal(tmp_path / "run", synthetic(40, paid=True))


@pytest.fixture
def other(tmp_path):
    return write_journal(tmp_path / "other", synthetic(40, seed=1, share=0.9))


def proved_in(folder):
    return next(event for event in read_events(folder) if getattr(event, "result", None) and event.result.proof)


def test_a_page_is_written_beside_the_journal(say, folder):
    """Standard output is its path, and nothing else; what people like to know goes to standard error."""
    ran = say("report", folder)
    assert (ran.code, ran.out) == (0, f"{folder / 'report.html'}\n")
    assert "40 goals" in ran.err
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>")
    first = (folder / "report.html").read_bytes()
    say("report", folder)
    assert (folder / "report.html").read_bytes() == first


def test_a_page_is_written_where_it_is_wanted(say, folder, other, tmp_path):
    """Of several runs, which are compared; the path may be relative."""
    ran = say("report", "run", "other", "-o", "compared.html")
    assert (ran.code, ran.out) == (0, "compared.html\n")
    assert "2 runs compared" in (tmp_path / "compared.html").read_text(encoding="utf-8")
    assert not (folder / "report.html").exists()


def test_a_report_is_a_text_for_programs(say, folder, other):
    """JSON with runs and what they differ in, a line of CSV for each goal of each run, Markdown."""
    report = BatchReports.model_validate_json(say("report", folder, other, "--format", "json").out)
    assert [run.run for run in report.runs] == [str(folder), str(other)]
    (pair,) = report.comparisons
    assert pair.common == 40
    fields = json.loads(say("report", folder, "--format", "json").out)["runs"][0]
    assert {"run", "goals", "outcomes", "stopped", "wall_seconds", "cost", "curve", "rows"} <= fields.keys()
    rows = list(csv.DictReader(io.StringIO(say("report", folder, other, "--format", "csv").out)))
    assert len(rows) == 80
    assert rows[0]["run"] == str(folder)
    told = say("report", folder, other, "--format", "md").out
    assert f"# {folder} and {other}" in told
    assert "| synthetic_0 |" in told
    assert "why not proved" in told


def test_a_run_that_is_at_work_is_reported(say, folder):
    """A last line that is not whole yet is none, and the state says that the run has not ended."""
    path = folder / NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) // 2]) + lines[-1][:20])
    report = json.loads(say("report", folder, "--format", "json").out)
    assert report["runs"][0]["stopped"] == "not finished"
    assert say("report", folder).code == 0
    assert "not finished: at work, or killed" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--format", "pdf"], "--format takes html, md, csv, json"),
        (["nowhere"], "nowhere"),
        (["run", "nowhere"], "nowhere"),
        (["run", "run"], "name it once"),
        (["run", "./run/../run"], "name it once"),
        (["run", "-o", "no/such/folder/page.html"], "cannot be written"),
        ([], "RUN"),
    ],
)
def test_a_report_that_cannot_be_is_explained(say, folder, arguments, said):
    """In one line, without a traceback, and with nothing on standard output."""
    ran = say("report", *arguments)
    assert ran.code in (2, 64)
    assert ran.err.startswith("error: ")
    assert said in ran.err
    assert ran.out == ""


def test_a_place_that_cannot_be_written_has_another_way(say, folder):
    """A journal may lie where nobody may write; here a folder is in the page's place."""
    (folder / "report.html").mkdir()
    ran = say("report", folder)
    assert ran.code == 64
    assert "-o FILE writes it elsewhere" in ran.err


def test_a_goal_of_a_run_is_shown(say, folder):
    """Its proof, its receipt, its attempts, what the search looked at, what failed, what it cost."""
    proved = proved_in(folder)
    ran = say("show", folder, proved.result.name)
    assert ran.code == 0, ran.err
    for said in (
        f"proved {proved.result.name}",
        "theorem synthetic_",
        "| succ n ih =>",
        "✓ accepted  Lean 4.0.0-synthetic",
        "axioms: propext",
        "quality: tokens",
        "attempts: ",
        "search: ",
        "✗ ",
        "for example simp",
        "of models",
    ):
        assert said in ran.out
    assert "\x1b" not in ran.out
    by_digest = say("show", folder, proved.digest[:10])
    assert by_digest.out == ran.out
    assert say("show", folder, "--theorem", proved.result.name).out == ran.out
    assert len(say("show", folder, proved.result.name, "--full").out) > len(ran.out)


def test_a_goal_that_is_not_proved_says_why(say, folder):
    """Its statement with `sorry`, and what the gate said to scripts that looked complete."""
    event = next(e for e in read_events(folder) if getattr(e, "result", None) and e.result.name == "synthetic_7")
    ran = say("show", folder, "synthetic_7")
    assert "the gate did not accept a script: synthetic: a new axiom" in ran.out
    if event.result.outcome == "unproved":
        assert "sorry" in ran.out
        assert "why not: " in ran.out


def test_a_goal_of_a_run_is_json(say, folder):
    """Everything, uncut, with calls and prompts."""
    proved = proved_in(folder)
    goal = RunGoal.model_validate_json(say("show", folder, proved.result.name, "--json").out)
    assert goal.goal.digest == proved.digest
    assert goal.result.proof == proved.result.proof
    assert goal.search == proved.search
    assert goal.calls[0].prompt[0].text == "prove it"
    assert goal.attempts[-1].outcome == "proved"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "which goal? `proofagent show RUN GOAL`; there are synthetic_0"),
        (["run", "synthetic_999"], "there is no goal `synthetic_999`; near it are synthetic_9"),
        (["run", "sinthetic_12"], "near it are"),
        (["run", "synthetic_1", "--theorem", "synthetic_2"], "two names for one thing"),
        (["run", "synthetic_1", "--tactics"], "--tactics is for traces"),
        (["empty", "x"], "journal.jsonl"),
        (["nowhere", "x"], "nowhere"),
    ],
)
def test_a_goal_that_cannot_be_shown_is_explained(say, folder, tmp_path, arguments, said):
    """With names that are near, where there is none of that name."""
    (tmp_path / "empty").mkdir()
    ran = say("show", *arguments)
    assert ran.code in (2, 64)
    assert ran.err.startswith("error: ")
    assert said in ran.err


def test_a_hostile_goal_gives_no_orders_to_a_terminal(say, tmp_path):
    """Names, statements and digests of any kind are printed as text, markup of the console included."""
    name = f"[red]x[/]\x1b]0;title\x07{TAGS}\u202e"
    events = [
        event.model_copy(update={"name": name, "statement": name}) if isinstance(event, Known) else event
        for event in synthetic(1)
    ]
    folder = write_journal(tmp_path / "run", events)
    ran = say("show", folder, digest_of(0)[:8])
    assert ran.code == 0
    assert "[red]x[/]" in ran.out
    assert not {"\x1b", "\x07"} & set(ran.out)
    markdown = say("report", folder, "--format", "md")
    assert not {"\x1b", "\x07"} & set(markdown.out)
    assert "\x1b" not in say("show", folder, "\x1b[31mx").err
