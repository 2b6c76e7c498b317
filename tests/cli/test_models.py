"""Models at the command line: asked over real HTTP at a local server, recorded, replayed, paid for, and shown."""

import json

import pytest

from proofagent.cli.models import ModelsReport
from proofagent.cli.show import TraceReport
from proofagent.runs.results import ProveReport
from proofagent.testing.model_faults import Rejected
from proofagent.testing.model_script import in_turn
from proofagent.testing.model_server import serving_in_thread

GOAL = "theorem t (u : Nat → Nat) (h₀ : u 0 = 3) (h : ∀ n, u (n + 1) = u n) : u 7 = 3"
PROOF = "Unfold it seven times.\n\n```lean4\nsimp [h, h₀]\n```"
WRONG = "```lean4\nexact h₀\n```"
KEY = "sk-not-a-real-key-0123456789"


def seen(text, name):
    """The report with everything that differs from run to run taken out."""
    report = json.loads(text)
    for result in report["results"]:
        for call in result["calls"]:
            del call["seconds"]
        for field in ("seconds", "lean_seconds", "receipt"):
            result.pop(field)
    return report["results"], name


@pytest.mark.lean
def test_a_model_proves_and_its_run_is_replayed(run, tmp_path):
    """Wrong proof, repair, proof: with prompts, answers, Lean's words and the price; the same again offline."""
    asked = ("--via", "whole", "--no-portfolio", "--no-refute", "--json", "--model", "scripted/m")
    (tmp_path / "own.toml").write_text('[prices."scripted/m"]\ninput = 2\noutput = 10\n')
    with serving_in_thread(in_turn([WRONG], [PROOF])) as server:
        live = run(
            "prove", GOAL, *asked, "--base-url", server.url, "--key-env", "MY_KEY", "--record", "run.cassette",
            "--trace", "run.trace", "--config", "own.toml", MY_KEY=KEY,
        )  # fmt: skip
        assert len(server.questions) == 2
        assert KEY in server.questions[0].key
    report = ProveReport.model_validate_json(live.out)
    (result,) = report.results
    assert (live.code, result.outcome, result.proof) == (0, "proved", "simp [h, h₀]")
    first, second = result.calls
    assert (first.purpose, second.purpose) == ("whole", "repair")
    assert first.candidates[0].status == "error"
    assert first.candidates[0].said in second.prompt[-1].text
    assert second.candidates[0].status == "ok"
    spent = result.cost
    assert spent.dollars == pytest.approx((2 * spent.input_tokens + 10 * spent.output_tokens) / 1e6)
    assert report.cost == spent
    for name in ("run.cassette", "run.trace"):
        assert KEY not in (tmp_path / name).read_text()
    assert KEY not in live.out + live.err

    offline = ("--base-url", "http://127.0.0.1:9/v1", "--replay", "run.cassette", "--config", "own.toml")
    again = run("prove", GOAL, *asked, *offline)
    assert seen(again.out, "") == seen(live.out, "")

    shown = run("show", "run.trace")
    assert [word in shown.out for word in (GOAL, "c2 repair", "simp [h, h₀]", "proved", "✗", "✓")] == [True] * 6
    told = TraceReport.model_validate_json(run("show", "run.trace", "--json").out)
    assert [call.candidates for call in told.goals[0].calls] == [call.candidates for call in result.calls]


@pytest.mark.lean
def test_the_limit_is_kept_and_the_portfolio_goes_on(run, tmp_path):
    """A request that could cost more than is left is not sent; what needs no model is tried all the same."""
    with serving_in_thread() as server:
        limits = ("--tokens", 100, "--base-url", server.url, "--no-refute", "--json")
        ran = run(
            "prove", "theorem t (a b : Nat) : a * b = b * a", "--model", "openai/m", *limits, XDG_STATE_HOME=tmp_path
        )
        none = run(
            "prove", GOAL, "--model", "openai/m", "--no-portfolio", "--time", 20, *limits, XDG_STATE_HOME=tmp_path
        )
        assert server.questions == []
    assert ProveReport.model_validate_json(ran.out).results[0].outcome == "proved"
    (result,) = ProveReport.model_validate_json(none.out).results
    assert result.outcome == "unproved"
    assert {call.failure.kind for call in result.calls} == {"over-budget"}


@pytest.mark.lean
def test_a_profile_and_the_environment_name_models(run, tmp_path):
    """A profile of the settings file, or a variable of the shell, is as good as flags."""
    with serving_in_thread(in_turn([PROOF])) as server:
        (tmp_path / "own.toml").write_text(
            f'profile = "here"\n[providers.lab]\nbase_url = "{server.url}"\n'
            '[profiles.here]\nmodels = ["lab/a=2", "lab/b"]\nvia = ["whole"]\nportfolio = false\nrefute = false\n'
        )
        ran = run("prove", GOAL, "--json", PROOFAGENT_CONFIG="own.toml", XDG_STATE_HOME=tmp_path / "state")
        report = ProveReport.model_validate_json(ran.out)
        assert [call.model for call in report.results[0].calls] == ["lab/a", "lab/b"]
        assert report.results[0].outcome == "proved"
        assert str(tmp_path / "state") in report.trace
        shown = run("show", "--full", XDG_STATE_HOME=tmp_path / "state")
        assert "lab/b" in shown.out
        other = run("models", "--ask", "--json", PROOFAGENT_MODEL="openai/x", PROOFAGENT_BASE_URL=server.url)
    (told,) = ModelsReport.model_validate_json(other.out).models
    assert (other.code, told.id, told.asked.answer, told.price_from) == (0, "openai/x", PROOF, "this machine")


@pytest.mark.lean
def test_a_trial_of_a_model(run):
    """`models --trial` lets the model alone prove a small theorem and says what that took."""
    tactics = "rcases Nat.mod_two_eq_zero_or_one n with h | h <;> simp [Nat.mul_mod, Nat.add_mod, h]"
    with serving_in_thread(in_turn(["simp"], [f"```lean4\n{tactics}\n```"])) as server:
        ran = run("models", "--model", "openai/m", "--base-url", server.url, "--trial", "--json")
    (told,) = ModelsReport.model_validate_json(ran.out).models
    assert (ran.code, told.asked.answer, told.trial.outcome) == (0, "simp", "proved")
    assert told.trial.cost.tokens > 0


def test_a_model_that_does_not_answer(run):
    """The exit code and the line say why; nothing is raised."""
    (_, closed) = ("", "http://127.0.0.1:9/v1")
    ran = run("models", "--model", "openai/m", "--base-url", closed, "--ask", "--json", PROOFAGENT_OFFLINE="1")
    (told,) = ModelsReport.model_validate_json(ran.out).models
    assert (ran.code, told.asked.failure.kind) == (2, "unreachable")


def test_models_without_any(say):
    """Nothing configured: how to configure one, and the providers with their variables."""
    ran = say("models")
    assert ran.code == 0
    assert "--model provider/name" in ran.err
    assert "OPENAI_API_KEY" in ran.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--model", "gpt-4o"), "provider/name"),
        (("--model", "nobody/x"), "nobody"),
        (("--model", "openai/x"), "OPENAI_API_KEY"),
        (("--model", "openai/x", "--base-url", "localhost:8000"), "http"),
        (("--model", "openai/x", "--base-url", "http://me:secret@host/v1"), "environment"),
        (("--model", "openai/nobody-knows-this", "--dollars", "1"), "prices"),
        (("--model", "ollama/x", "--dollars", "-1"), "--dollars"),
        (("--model", "ollama/x", "--dollars", "nan"), "--dollars"),
        (("--model", "ollama/x", "--dollars", "much"), "much"),
        (("--model", "ollama/x", "--via", "magic"), "magic"),
        (("--model", "ollama/x", "--samples", "0"), "samples"),
        (("--model", "ollama/x", "--prompts", "nowhere"), "nowhere"),
        (("--model", "ollama/x", "--replay", "nowhere.jsonl"), "nowhere.jsonl"),
        (("--model", "ollama/x", "--record", "a", "--replay", "b"), "recorded or replayed"),
        (("--model", "ollama/x", "--config", "nowhere.toml"), "nowhere.toml"),
        (("--model", "ollama/x", "--profile", "nobody"), "nobody"),
        (("--via", "whole"), "--model"),
        (("--no-portfolio",), "--model"),
    ],
)
@pytest.mark.lean
def test_what_cannot_be_used_is_said(run, installation, arguments, complaint):
    """A mistake in what is said about models ends with 64 and a line that names it."""
    ran = run("prove", "1 = 1", *arguments, OPENAI_API_KEY=None)
    assert ran.code == 64
    assert complaint in ran.err


def test_show_without_anything_to_show(say, tmp_path, monkeypatch):
    """No trace, no such trace, no trace at all in the file: one line and 64."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "garbage.jsonl").write_text('{"event": "nothing"}\n')
    (tmp_path / "empty.jsonl").write_text("")
    for arguments, complaint in (((), "no trace yet"), (("none.jsonl",), "none.jsonl"),
                                 (("garbage.jsonl",), "garbage.jsonl:1"), (("empty.jsonl",), "no goal")):  # fmt: skip
        ran = say("show", *arguments)
        assert (ran.code, complaint in ran.err) == (64, True)


@pytest.mark.lean
def test_a_busy_server_is_only_a_note(run, tmp_path):
    """What went wrong with a model is said once, on standard error, and the search goes on."""
    (tmp_path / "own.toml").write_text('[models."openai/m"]\ntries = 1\n')
    with serving_in_thread(lambda _question: Rejected("rate-limited")) as server:
        ran = run(
            "prove", "theorem t (a b : Nat) : a * b = b * a", "--model", "openai/m", "--base-url", server.url,
            "--config", "own.toml", "--no-portfolio", "--no-refute", "--time", 20, XDG_STATE_HOME=tmp_path,
        )  # fmt: skip
    assert ran.code == 1
    assert ran.err.count("rate-limited") == 1
