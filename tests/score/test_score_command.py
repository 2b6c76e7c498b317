"""`proofagent score` and `proofagent compare`: the gate first, then metrics, lines and choices."""

import pytest

from proofagent.cli.score import CompareReport, ScoreReport

HELPER = "theorem helper (a b : Nat) (h : a < b) : a ≤ b := by\n  omega\n\n"
STATEMENT = "theorem t (a b c : Nat) (h : a < b) (g : b < c) : a ≤ c ∧ b ≤ c"
LONG = f"""{HELPER}{STATEMENT} := by
  have useless : 1 + 1 = 2 := rfl
  constructor
  · have := helper a b h
    omega
  · simp [Nat.le_of_lt g, Nat.add_comm]
"""
SHORT = f"{STATEMENT} := by\n  omega\n"
MOVED = f"{STATEMENT.replace(' t ', ' other ')} := by\n  omega\n\n{STATEMENT} := by exact other a b c h g\n"
RENAMED = SHORT.replace("(h :", "(hypothesis :")
SORRY = f"{STATEMENT} := by\n  sorry\n"


@pytest.fixture
def say(command, tmp_path):
    """Runs a command on files with these texts."""

    def start(*arguments, **texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.lean").write_text(text)
        return command(*arguments)

    return start


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_every_metric_of_a_proof_is_there_with_its_lines(say):
    """All metrics are known, sums over lines are the totals, and what Lean warns of is counted."""
    code, out, _ = say("score", "A.lean", "--theorem", "t", "--json", A=LONG)
    assert code == 0
    (quality,) = ScoreReport.model_validate_json(out).file.qualities
    assert None not in quality.metrics.values()
    assert sum(line.tokens for line in quality.lines) == quality.metrics["tokens"]
    assert sum(line.burden for line in quality.lines) == quality.metrics["burden"]
    assert quality.metrics["helpers"] == 1
    assert quality.metrics["warnings"] == 1
    assert quality.metrics["idle"] >= 1
    assert quality.tactics["omega"] == 2
    assert quality.survives == dict.fromkeys(["one more simp lemma", "one more hypothesis", "hypotheses renamed"], True)
    told = [line.heartbeats for line in quality.lines if line.heartbeats is not None]
    assert told
    assert 0 < sum(told) <= 1.2 * quality.metrics["heartbeats"]  # another run, whose steps are told one by one
    assert {line.line for line in quality.lines} == {1, 2, 4, 5, 6, 7, 8, 9}


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_the_better_proof_is_named_with_the_reason(say):
    """The short proof is better under each profile; the warning of the long one is a hard regression."""
    code, out, _ = say("compare", "A.lean", "B.lean", "--theorem", "t", "--json", A=LONG, B=SHORT)
    assert code == 0
    report = CompareReport.model_validate_json(out)
    assert {choice.profile: choice.better for choice in report.choices} == dict.fromkeys(
        ["mathlib", "golf", "fast", "didactic"], 1
    )
    assert "warnings" in report.choices[0].why


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_moving_the_body_to_a_lemma_gains_nothing(say):
    """A theorem that is but another name for a new lemma counts as that lemma."""
    code, out, _ = say("compare", "A.lean", "B.lean", "--theorem", "t", "--json", A=SHORT, B=MOVED)
    assert code == 0
    report = CompareReport.model_validate_json(out)
    assert [choice.better for choice in report.choices] == [None] * 4
    one, other = (file.qualities[0].metrics for file in report.files)
    names = ("tokens", "tactics", "burden", "dag", "tree", "helpers")
    assert {name: one[name] for name in names} == {name: other[name] for name in names}


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_what_the_gate_rejects_is_not_measured(say):
    """A proof with `sorry` has no quality: exit code 1, and nothing to compare."""
    code, out, _ = say("compare", "A.lean", "B.lean", "--json", A=SHORT, B=SORRY)
    assert code == 1
    report = CompareReport.model_validate_json(out)
    assert report.files[1].qualities == ()
    assert report.choices == ()


@pytest.mark.lean
@pytest.mark.usefixtures("installation")
def test_tables_are_for_people(say):
    """Without --json there are tables: every metric, the lines, the profiles."""
    code, out, _ = say("compare", "A.lean", "B.lean", A=SHORT, B=RENAMED)
    assert code == 0
    assert "golf: neither" in out
    code, out, _ = say("score", "A.lean", A=SHORT)
    assert "heartbeats" in out
    assert "survives: hypotheses renamed" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "A.lean", "--theorem", "nothing"), "there is no theorem `nothing`"),
        (("score", "A.lean", "--time", "0"), "--time must be more than 0"),
        (("score", "missing.lean"), "cannot be read"),
        (("score", "Empty.lean"), "Empty.lean: there is no theorem"),
        (("score", "Open.lean"), "does not end"),
        (("compare", "A.lean", "B.lean"), "no theorem in common"),
        (("compare", "A.lean", "A.lean", "--profile", "pretty"), "there is no profile `pretty`"),
    ],
)
def test_wrong_input_is_refused(say, arguments, said):
    """Exit code 64 and one line that says what is wrong."""
    texts = {
        "A": SHORT,
        "B": SHORT.replace("theorem t", "theorem u"),
        "Open": f"{SHORT}/- never closed",
        "Empty": "def a := 1\n",
    }
    code, _, error = say(*arguments, **texts)
    assert code == 64
    assert said in " ".join(error.split())
