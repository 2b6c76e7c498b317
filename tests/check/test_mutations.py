"""Whatever a solution's text becomes, the gate answers with a verdict, and nothing proves what is false."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofagent.check.corpus import folder_of, load
from proofagent.check.gate import Claim
from proofagent.errors import GoalError
from proofagent.goals.files import source
from proofagent.goals.lexer import tokens

pytestmark = [pytest.mark.lean, pytest.mark.timeout(600)]

FUZZ = settings(derandomize=True, max_examples=40, suppress_health_check=list(HealthCheck))
SECONDS = 20
CASES = [case for case in load(folder_of("honest")) if not case.options and case.solution.stat().st_size < 1500]
NOISE = [
    "sorry",
    "end",
    "by",
    ":=",
    "(",
    ")",
    "·",
    "axiom x : False",
    "/-",
    "-/",
    '"',
    "«",
    "\n\n",
    "\0",
    "\ud7ff",
    "0",
    "∀",
]
NOISE += [
    "namespace N",
    "section",
    "private",
    "unsafe",
    "@[simp]",
    "open Nat",
    "universe u",
    "where",
    "|",
    "variable (n : Nat)",
]


def mutated(data, text):
    """The text after some of its tokens were dropped, doubled, exchanged or put among others."""
    pieces = [token.text for token in tokens(text)]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "insert", "replace", "cut"])):
            case "drop":
                pieces[at] = ""
            case "double":
                pieces.insert(at, pieces[at])
            case "swap":
                other = data.draw(st.integers(0, len(pieces) - 1))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "insert":
                pieces.insert(at, data.draw(st.sampled_from(NOISE)))
            case "replace":
                pieces[at] = data.draw(st.sampled_from(NOISE))
            case "cut":
                pieces[at] = pieces[at][: len(pieces[at]) // 2]
    return "".join(pieces)


@pytest.mark.xdist_group("mutations")
def test_a_changed_solution_has_a_verdict(ask):
    """Outcome, reasons and receipt agree, however the text was damaged; an accepted one has no hole in it."""

    @FUZZ
    @given(st.data())
    def check(data):
        case = data.draw(st.sampled_from(CASES))
        challenge, solution = source(case.challenge), source(case.solution)
        text = mutated(data, solution.body)
        verdict = ask(Claim(challenge.imports, challenge.body, text, None, solution.imports), SECONDS)
        assert verdict.outcome == verdict.receipt.outcome
        assert (verdict.outcome == "rejected") == bool(verdict.reasons)
        assert (verdict.outcome == "undecided") == bool(verdict.why)
        if verdict.accepted:
            assert "sorryAx" not in verdict.receipt.axioms

    check()


FALSE = [
    "theorem t : (1 : Nat) = 2",
    "theorem t (a b : Nat) : a - b + b = a",
    "theorem t (p q : Prop) : p ∨ q → p ∧ q",
    "theorem t (l : List Nat) : l.reverse = l",
    "theorem t : ∃ n : Nat, ∀ m : Nat, m < n",
]
STEPS = [
    "intros",
    "omega",
    "simp",
    "simp_all",
    "decide",
    "decide +kernel",
    "grind",
    "exact h",
    "exact t",
    "exact absurd",
    "rfl",
]
STEPS += [
    "constructor",
    "induction a",
    "cases l",
    "rcases h with h | h",
    "exact sorry",
    "native_decide",
    "exact?",
    "assumption",
]
STEPS += [
    "apply Classical.byContradiction",
    "refine ⟨_, ?_⟩",
    "exists 0",
    "all_goals sorry",
    "skip",
    "contradiction",
    "trivial",
]
BEFORE = [
    "",
    "theorem h : False := by decide\n",
    'local notation a " = " b => True\n',
    "open Classical\n",
    "axiom h : False\n",
]
BEFORE += [
    "instance : Subsingleton Nat := ⟨by simp⟩\n",
    "set_option autoImplicit true\n",
    "variable (h : False)\n",
    "namespace N\n",
]
BEFORE += [
    "theorem t.h : False := t\n",
    "mutual\ntheorem h : False := k\ntheorem k : False := h\nend\n",
    "partial def h : False := h\n",
]


@pytest.mark.xdist_group("mutations-false")
def test_no_text_proves_what_is_false(ask):
    """Scripts and surroundings put together at random never make a false statement accepted."""

    @FUZZ
    @given(st.sampled_from(FALSE), st.sampled_from(BEFORE), st.lists(st.sampled_from(STEPS), min_size=1, max_size=4))
    def check(statement, before, steps):
        script = "".join(f"\n  {step}" for step in steps)
        verdict = ask(Claim(("Init",), f"{statement} := sorry\n", f"{before}{statement} := by{script}\n"), SECONDS)
        assert not verdict.accepted

    check()


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path):
    """What is no text at all is refused before anything is started."""
    (tmp_path / "x.lean").write_bytes(b"\xff\xfe")
    with pytest.raises(GoalError):
        source(tmp_path / "x.lean")
