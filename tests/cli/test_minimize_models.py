"""`proofagent minimize` with a model: asked over real HTTP at a local server, recorded, replayed and paid for."""

import json

import pytest

from proofagent.testing.model_faults import Rejected
from proofagent.testing.model_server import serving_in_thread

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("cli"), pytest.mark.usefixtures("installation")]

STATEMENT = "theorem ex : ∃ f : Nat → Nat, f 1 = 2 ∧ f 2 = 4 :="
LONG = f"{STATEMENT} by\n  refine ⟨fun n => if n = 1 then 2 else if n = 2 then 4 else 0, ?_, ?_⟩ <;> rfl\n\n-- behind\n"
SHORT = "exact ⟨fun n => n + n, rfl, rfl⟩"
CHEATS = (
    "theorem ex : True := by\n  trivial",
    "sorry",
    "native_decide",
    "exact cheat\naxiom cheat : ∃ f : Nat → Nat, f 1 = 2 ∧ f 2 = 4",
    "exact (⟨",
)
KEY = "sk-not-a-real-key-0123456789"


def fenced(proof):
    return f"A thought.\n\n```lean4\n{proof}\n```"


def same(text):
    """A report without what differs from run to run."""
    report = json.loads(text)
    for theorem in report["theorems"]:
        for call in theorem["calls"]:
            del call["seconds"]
        del theorem["seconds"]
    return [report[name] for name in ("theorems", "text", "outcome", "cost", "refused")]


def test_a_model_rewrites_and_its_run_is_replayed(run, tmp_path):
    """Among cheats the proof that is one is taken; its price is told; the same again offline, without a key."""
    (tmp_path / "In.lean").write_text(LONG, encoding="utf-8")
    (tmp_path / "own.toml").write_text('[prices."openai/m"]\ninput = 2\noutput = 10\n')
    asked = ("In.lean", "--model", "openai/m", "--samples", 6, "--config", "own.toml", "--no-cache", "--json")
    with serving_in_thread(lambda _: [*map(fenced, CHEATS), fenced(SHORT)]) as server:
        address = ("--base-url", server.url, "--key-env", "MY_KEY")
        live = run("minimize", *asked, *address, "--record", "run.cassette", "-o", "Out.lean", MY_KEY=KEY)
        questions = list(server.questions)
    report = json.loads(live.out)
    (theorem,) = report["theorems"]
    assert (live.code, report["outcome"], report["receipt"]["axioms"]) == (0, "accepted", [])
    assert report["text"].startswith(STATEMENT)
    assert report["text"].endswith("\n\n-- behind\n")
    assert "fun n => n + n" in report["text"]
    assert (tmp_path / "Out.lean").read_text(encoding="utf-8") == report["text"]
    assert (theorem["better"], theorem["after"] < theorem["before"]) == (True, True)
    assert len(theorem["calls"]) == len(questions)
    # Once about what the passes left, and once about what was made of its answer; each with all its samples.
    assert 1 <= len({question.text for question in questions}) <= 3
    assert all(call["tries"] >= 1 and call["answers"] for call in theorem["calls"])
    assert {call["purpose"] for call in theorem["calls"]} == {"shorten"}
    assert STATEMENT.removesuffix(" :=") in questions[0].text
    cost = report["cost"]
    assert cost["dollars"] == pytest.approx((2 * cost["input_tokens"] + 10 * cost["output_tokens"]) / 1e6)
    assert KEY not in live.out + live.err + (tmp_path / "run.cassette").read_text()
    again = run("minimize", *asked, "--base-url", "http://127.0.0.1:9/v1", "--replay", "run.cassette")
    assert same(again.out) == same(live.out)


def test_a_hostile_model_changes_nothing(run, tmp_path):
    """Cheats alone, and then a server that refuses: what is given back is what is given back without a model."""
    (tmp_path / "In.lean").write_text(LONG, encoding="utf-8")
    (tmp_path / "own.toml").write_text('[models."openai/m"]\ntries = 1\n')
    replies = [list(map(fenced, CHEATS)), Rejected("rate-limited")]
    with serving_in_thread(lambda _: replies.pop(0) if len(replies) > 1 else replies[0]) as server:
        asked = ("--model", "openai/m", "--base-url", server.url, "--samples", 5, "--config", "own.toml", "--json")
        ran = run("minimize", "In.lean", *asked, "--cache", "c.sqlite")
        refused = run("minimize", "In.lean", *asked, "--cache", "c.sqlite")
    alone = run("minimize", "In.lean", "--cache", "c.sqlite", "--json")
    texts = [json.loads(each.out)["text"] for each in (ran, refused, alone)]
    assert texts[0] == texts[1] == texts[2]
    assert [each.code for each in (ran, refused, alone)] == [0, 0, 0]
    assert refused.err.count("rate-limited") == 1
    assert json.loads(alone.out)["theorems"][0]["calls"] == []
    assert json.loads(alone.out)["cost"]["dollars"] == 0
