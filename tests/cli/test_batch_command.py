"""`proofagent batch` and `proofagent report`, with the embedded Lean for real."""

import csv
import io
import json
import os
import re
import signal
import time

import httpx
import pytest

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("batch")]

GOALS = [
    {"name": "a", "statement": "theorem a (x y : Nat) : x + y = y + x"},
    {"name": "b", "statement": "theorem b (p q : Prop) (h : p ∧ q) : q ∧ p"},
    {"name": "c", "statement": "theorem c (n : Nat) : n < 5"},
    {"name": "d", "statement": "theorem d (f : Nat → Nat) : f 3 = f 4 ∨ ∃ n, f n > n"},
    {"name": "e", "statement": "theorem e : undefined_thing"},
]
SHORT = "--time", "24", "--first", "12"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "goals.jsonl"
    path.write_text("".join(json.dumps(goal) + "\n" for goal in GOALS) + "nonsense\n", encoding="utf-8")
    return path


def events(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_batch_is_run_and_reported(run, source, tmp_path):
    """One bad goal stops nothing; again, there is nothing left to do; the report has every goal, in three formats."""
    arguments = "batch", source, "--out", "run", "--json", *SHORT
    ran = run(*arguments)
    report = json.loads(ran.out)
    assert ran.code == 64, ran.err
    assert (report["stopped"], report["goals"], report["bad_lines"]) == ("done", 5, 1)
    assert report["outcomes"]["error"] == 1
    assert report["outcomes"]["proved"] >= 2
    attempts = sum(event["event"] == "began" for event in events(tmp_path / "run"))
    again = json.loads(run(*arguments).out)
    assert again["outcomes"] == report["outcomes"]
    assert sum(event["event"] == "began" for event in events(tmp_path / "run")) == attempts
    (told,) = json.loads(run("report", "run", "--format", "json").out)["runs"]
    assert told["outcomes"] == report["outcomes"]
    rows = {row["name"]: row for row in told["rows"]}
    assert rows.keys() == {"a", "b", "c", "d", "e"}
    assert rows["a"]["proof"]
    assert rows["a"]["needed"] <= rows["a"]["seconds"]
    assert told["curve"][-1]["proved"] == report["outcomes"]["proved"]
    run("report", "run", "--format", "csv", "--output", "run.csv")
    table = list(csv.DictReader(io.StringIO((tmp_path / "run.csv").read_text(encoding="utf-8"))))
    assert [row["name"] for row in table] == ["a", "b", "c", "d", "e"]
    assert "| a | proved |" in run("report", "run", "--format", "md").out


def test_a_batch_goes_on_after_a_kill(run, spawn, source, tmp_path, await_end):
    """SIGKILL in the middle of the work: what was ended is not done again, and nothing is left running."""
    folder = tmp_path / "run"
    child = spawn("batch", source, "--out", folder, *SHORT)
    for _ in range(600):
        if (folder / "journal.jsonl").exists() and any(event["event"] == "ended" for event in events(folder)):
            break
        time.sleep(0.1)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    before = [event for event in events(folder) if event["event"] == "ended"]
    assert before
    ran = run("batch", source, "--out", folder, "--json", *SHORT)
    assert json.loads(ran.out)["goals"] == 5
    after = [event for event in events(folder) if event["event"] == "ended"]
    assert after[: len(before)] == before
    settled = [event["digest"] for event in after if event["result"]["outcome"] in ("proved", "refuted", "error")]
    assert len(settled) == len(set(settled))


def test_a_batch_that_is_interrupted_says_so_and_goes_on(run, spawn, source, tmp_path):
    """Ctrl-C lets what runs come to its end."""
    folder = tmp_path / "run"
    child = spawn("batch", source, "--out", folder, *SHORT)
    for _ in range(600):
        if (folder / "journal.jsonl").exists() and any(event["event"] == "began" for event in events(folder)):
            break
        time.sleep(0.1)
    os.killpg(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=100)
    assert child.returncode == 2, err
    kinds = [event["event"] for event in events(folder)]
    assert kinds.count("began") == kinds.count("ended") >= 1
    assert events(folder)[-1]["why"] == "interrupted"


def test_a_batch_in_two_processes_is_served_while_it_runs(spawn, source, tmp_path):
    """A page with its state, for whoever has the token; what was proved is measured, and nothing live is left."""
    folder = tmp_path / "run"
    child = spawn("batch", source, "--out", folder, "--jobs", "2", "--processes", "2", "--serve", "0", *SHORT)
    said = b""
    while not (address := re.search(r"live page: (http://127[.]0[.]0[.]1:\d+/)\?token=([\w-]+)\s", said.decode())):
        read = child.stderr.read(1)
        assert read, said
        said += read
    url, token = address.groups()
    assert httpx.get(f"{url}api/view").status_code == 401
    view = httpx.get(f"{url}api/view", headers={"Authorization": f"Bearer {token}"})
    assert view.json()["state"] in ("running", "not-begun"), view.json()
    _, err = child.communicate(timeout=200)
    assert child.returncode == 64, err
    over = [event for event in events(folder) if event["event"] == "ended"]
    assert {event["worker"] for event in over} <= {"w1", "w2"}
    proved = [event for event in over if event["result"]["outcome"] == "proved"]
    assert all(event["result"]["quality"]["tokens"] > 0 for event in proved)
    assert all(event["search"]["goals"][0]["status"] == "proved" for event in proved)
    assert proved
    assert not (folder / "live.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.jsonl", "--out", "run"], "cannot be read"),
        (["goals.jsonl"], "--out"),
        (["goals.jsonl", "--out", "run", "--first", "0"], "--first"),
        (["goals.jsonl", "--out", "run", "--first", "90"], "--first"),
        (["goals.jsonl", "--out", "run", "--strategy", "luck"], "--strategy takes"),
        (["goals.jsonl", "--out", "goals.jsonl"], "goals.jsonl"),
        (["1 = 1", "--out", "run"], "cannot be read"),
        (["goals.jsonl", "--out", "run", "--ray", "nowhere"], "HOST:PORT"),
        (["goals.jsonl", "--out", "run", "--ray", "127.0.0.1:1"], "ray start"),
        (["goals.jsonl", "--out", "run", "--serve", "99999"], "--serve"),
        (["goals.jsonl", "--out", "run", "--total-candidates", "0"], "--total-candidates"),
    ],
)
def test_a_batch_that_cannot_be_is_explained(run, source, arguments, said):
    """Before anything is begun."""
    ran = run("batch", *arguments)
    assert ran.code in (2, 64)
    assert said in ran.err


@pytest.mark.parametrize("arguments", [["nowhere"], ["."], ["goals.jsonl"], [".", "--format", "pdf"]])
def test_a_report_of_what_is_no_run_is_explained(run, source, arguments):
    """In one line."""
    ran = run("report", *arguments)
    assert ran.code in (2, 64)
    assert ran.err.startswith("error: ")
