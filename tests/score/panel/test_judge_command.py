"""`proofagent judge`: the gate first, then the panel; exit codes, and what is printed."""

from functools import partial

import pytest
from scripted_judges import answered

from proofagent.cli.judge import JudgedReport, task_of
from proofagent.errors import UsageError
from proofagent.goals.files import source
from proofagent.score.panel import aggregate
from proofagent.testing.model_server import serving_in_thread

STATEMENT = "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p"
CLEAN = f"/-- Swaps. -/\n{STATEMENT} := by\n  exact ⟨h.2, h.1⟩\n"
DETOUR = f"theorem helper : True := trivial\n{STATEMENT} := by\n  have useless : True := helper\n  exact ⟨h.2, h.1⟩\n"
SORRY = f"{STATEMENT} := by\n  sorry\n"
OTHER = "theorem t (p q : Prop) (h : p ∧ q) : p ∧ q := h\n"


@pytest.fixture
def say(command):
    """Runs `proofagent judge`."""
    return partial(command, "judge")


@pytest.fixture
def files(tmp_path):
    def write(**texts):
        paths = [tmp_path / f"{name}.lean" for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_text(text)
        return paths

    return write


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_accepted_proofs_are_ranked(say, files):
    """Two files are accepted and ranked: the one without a detour first; as text and as JSON, recorded and replayed."""
    paths = files(B=DETOUR, A=CLEAN)
    options = ("--model", "scripted/good", "--rubric", "directness")
    with serving_in_thread(answered) as server:
        code, out, _ = say(*paths, *options, "--base-url", server.url, "--record", "run.cassette")
        asked = len(server.questions)
    assert code == 0
    assert out.count("✓ accepted") == 2
    assert f"1. {paths[1]}" in out
    assert f"2. {paths[0]}" in out
    code, out, _ = say(*paths, *options, "--base-url", server.url, "--replay", "run.cassette", "--json")
    report = JudgedReport.model_validate_json(out)
    assert code == 0
    assert report.theorems == ("t",)
    assert [file.receipt.outcome for file in report.files] == ["accepted", "accepted"]
    assert [rank.name for rank in report.panel.ranking] == [str(paths[1]), str(paths[0])]
    assert report.panel.cost.questions == asked
    assert "Swaps" not in " ".join(question.text for question in server.questions)


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_what_the_gate_rejects_is_not_ranked(say, files):
    """However much a judge might like it; the others are ranked, and the exit code says that something was rejected."""
    paths = files(A=CLEAN, B=DETOUR, S=SORRY, O=OTHER)
    with serving_in_thread(answered) as server:
        code, out, _ = say(
            *paths, "-m", "scripted/good", "-m", "scripted/length-lover", "--rubric", "idiom",
            "--base-url", server.url, "--json",
        )  # fmt: skip
    report = JudgedReport.model_validate_json(out)
    assert code == 1
    assert [file.receipt.outcome for file in report.files] == ["accepted", "accepted", "rejected", "rejected"]
    assert [proof.name for proof in report.panel.proofs] == [str(path) for path in paths[:2]]
    assert [judge.exam.passed for judge in report.panel.judges] == [True, False]


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_without_a_good_judge_the_order_is_undecided(say, files):
    """Both proofs are accepted all the same: no judge touches that."""
    with serving_in_thread(answered) as server:
        code, out, _ = say(
            *files(A=CLEAN, B=DETOUR), "-m", "scripted/position-biased", "--rubric", "idiom", "--base-url", server.url
        )
    assert code == 2
    assert out.count("✓ accepted") == 2
    assert "no ranking: no judge passed its exam" in out
    assert "position-bias" in out


def test_mistakes_end_before_anything_starts(say, files, monkeypatch):
    """One file, no model, no time, an unknown rubric, no common theorem: usage; a missing library: undecided."""
    monkeypatch.setenv("PROOFAGENT_NODE", "/nonexistent/node")
    one, two = files(A=CLEAN, B="theorem u : True := trivial\n")
    model = ("--model", "scripted/good", "--base-url", "http://127.0.0.1:9/v1")
    assert say(one, *model)[0] == 64
    assert say(one, one)[0] == 64
    assert say(one, one, *model, "--time", "0")[0] == 64
    assert say(one, one, *model, "--rubric", "beauty")[0] == 64
    assert say(one, one, *model, "--theorem", "nothing")[0] == 64
    code, _, err = say(one, two, *model)
    assert code == 64
    assert "no theorem in common" in err
    monkeypatch.setattr(aggregate, "find_spec", lambda _name: None)
    code, _, err = say(one, one, *model)
    assert code == 2
    assert "proofagent[judge]" in err


def sources(files, **texts):
    return [source(path) for path in files(**texts)]


def test_the_task_is_what_all_files_share(files):
    """Definitions and statements of the first file; lemmas, definitions and commands that are its own are not in it."""
    first = (
        "import Init\n/-! About. -/\nnamespace N\ndef f (n : Nat) := n\ndef own := 1\nvariable (n : Nat)\n"
        "theorem lemma1 : f n = n := rfl\n#print f\nexample : True := trivial\n"
        "/-- Doc. -/\n@[simp] theorem main : f n = n := by\n  exact lemma1 n\nend N\n"
    )
    second = "namespace N\ndef f (n : Nat) := n\nvariable (n : Nat)\ntheorem main : f n = n := rfl\nend N\n"
    task = task_of(sources(files, A=first, B=second))
    assert task.theorems == ("N.main",)
    assert task.challenge == (
        "namespace N\n\ndef f (n : Nat) := n\n\nvariable (n : Nat)\n\n"
        "/-- Doc. -/\n@[simp] theorem main : f n = n := by\n  sorry\n\nend N\n"
    )
    assert "lemma1" not in task.statement


def test_the_task_may_be_named(files):
    """Then other theorems that all files have are nobody's task."""
    both = "theorem a : True := trivial\ntheorem b : True := a\n"
    pair = sources(files, A=both, B=both)
    assert task_of(pair).theorems == ("a", "b")
    assert task_of(pair, ["b"]).challenge == "theorem b : True := by\n  sorry\n"
    with pytest.raises(UsageError, match="no theorem `c`"):
        task_of(pair, ["c"])


def test_pattern_matching_proofs_end_with_their_statement(files):
    """What stands behind the first bar is the proof."""
    text = "theorem t : ∀ n : Nat, n = n\n  | 0 => rfl\n  | _ + 1 => rfl\n"
    assert task_of(sources(files, A=text, B=text)).challenge == "theorem t : ∀ n : Nat, n = n := by\n  sorry\n"


def test_help_shows_examples(say):
    """Two files and a model."""
    code, out, _ = say("--help")
    assert code == 0
    assert "proofagent judge A.lean B.lean" in out
    assert "--rubric" in out
