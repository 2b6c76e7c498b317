"""Which texts are not given to a native Lean, because they would run a program in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.check.programs import programs

HARMLESS = [
    "simp [Nat.add_comm]",
    "theorem t : 1 = 1 := by decide",
    "@[simp] theorem t : a = a := rfl",
    "@[local simp, ext] theorem t : a = a := rfl",
    "@[simp ↓, gcongr high] theorem t : a = a := rfl",
    "have h := Polynomial.eval_add",
    "exact Measure.restrict_eq_self",
    "open Classical in exact em p",
    "set_option maxHeartbeats 400000 in omega",
    "",
]
RUN = {
    "by run_tac do IO.println 1": "IO",
    "exact by_elab return x": "by_elab",
    '#eval IO.FS.writeFile "a" "b"': "#eval",
    'elab "x" : tactic => pure ()': "elab",
    "elab_rules : tactic | `(tactic| x) => pure ()": "elab_rules",
    'macro "x" : tactic => `(tactic| rfl)': "macro",
    "open Lean Elab Meta": "Elab",
    "simproc f (x) := fun e => pure": "simproc",
    "initialize x : Nat ← pure 1": "initialize",
    "@[implemented_by g] def f := 1": "@[implemented_by g]",
    '@[extern "system"] opaque f : Nat': '@[extern "system"]',
    "@[norm_num f _] def ext : NormNumExt := x": "@[norm_num f _]",
    "@[tactic foo] def x := y": "@[tactic foo]",
    "@[simp, tactic foo] def x := y": "@[simp, tactic foo]",
    "@[init] def x := y": "@[init]",
    "@[tactic foo": "@[tactic foo",
    "attribute [tactic foo] x": "attribute",
    "simp (config := (unsafeIO x).toOption)": "unsafeIO",
    "native_decide": "native_decide",
    "decide +native": "native",
    "exact Lean.ofReduceBool x": "Lean",
    'include_str "/etc/passwd"': "include_str",
    "-- run_cmd": "run_cmd",
    "«unsafe» def f := 1": "unsafe",
    "instance : MonadEvalT IO IO := x": "IO",
}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_proofs_are_made_of_runs_no_program(text):
    """Tactics, attributes that only register what the kernel has checked, options."""
    assert programs("", text) == ()


@pytest.mark.parametrize(("text", "word"), RUN.items(), ids=range(len(RUN)))
def test_a_text_that_runs_a_program_is_seen(text, word):
    """The word is named, wherever it stands."""
    assert word in programs("", text) or any(word in found for found in programs("", text))


@pytest.mark.parametrize("text", RUN)
def test_what_the_trusted_text_says_may_be_said_as_often(text):
    """A file's own macros are the user's; one more is not."""
    assert programs(text, text) == ()
    assert programs(text, f"{text}\n{text}") != ()
    assert programs(f"theorem u : p := q\n{text}", text) == ()


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(trusted, text):
    """Whatever they are; a text has nothing that it itself has not."""
    assert programs(trusted, "") == ()
    assert programs(text, text) == ()
    assert set(programs(trusted, text)) <= set(programs("", text))
