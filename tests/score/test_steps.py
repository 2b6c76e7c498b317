"""What tactics cost: the profiler's tree of steps, laid over the script."""

from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.tactics import proof_tree
from proofagent.score.steps import statement_heartbeats, steps, tactic_heartbeats

SCRIPT = """by
  constructor
  · rw [f]  -- why
    rfl
  · have k : p := by
      omega
    simp [k,
      f]"""

# As Lean prints it: a block of several tactics is a step of its own, and a `rw` tries a `rfl` of its own.
TRACE = """[Elab.command] [1000.000000] theorem t : p ∧ p := [...]
  [Elab.definition.header] [100.000000] t
    [Elab.step] [90.000000] expected type: Sort ?u.7, term
        p ∧ p
  [Elab.definition.value] [800.000000] t
    [Elab.step] [790.000000]   constructor [...]
      [Elab.step] [10.000000] constructor
      [Elab.step] [300.000000] · rw [f] [...]
        [Elab.step] [290.000000]   rw [f] [...]
          [Elab.step] [200.000000] rw [f]
            [Elab.step] [50.000000] rfl
          [Elab.step] [60.000000] rfl
      [Elab.step] [450.000000] · have k : p := by omega [...]
        [Elab.step] [440.000000]   have k : p := by omega [...]
          [Elab.step] [240.000000] have k : p := by omega
            [Meta.isDefEq] [30.000000] ✅️ p =?= p
            [Elab.step] [200.000000] omega
              [Elab.step] [190.000000] omega
          [Elab.step] [150.000000] simp [k, f]"""


def costs(trace, script):
    found = tactic_heartbeats(steps(trace), proof_tree(script), script)
    return {script[start:].split("\n", 1)[0].strip(): cost for start, cost in found.items()}


def test_each_tactic_has_what_it_costs_without_those_that_it_holds():
    """A step of a whole block, or one that a tactic is expanded to, is not taken for a tactic of the script."""
    assert costs(TRACE, SCRIPT) == {
        "constructor": 10,
        "· rw [f]  -- why": 300 - 200 - 60,
        "rw [f]  -- why": 200,
        "rfl": 60,
        "· have k : p := by": 450 - 240 - 150,
        "have k : p := by": 240 - 200,
        "omega": 200,
        "simp [k,": 150,
    }


def test_the_statement_has_a_step_of_its_own():
    """What the profiler does not tell is not known."""
    assert statement_heartbeats(steps(TRACE)) == 100
    assert statement_heartbeats(steps("[Elab.command] [1000.000000] theorem")) is None


def test_what_is_cheap_is_not_told_and_what_it_holds_is():
    """A `have` below the threshold, say, whose proof is above it in another place."""
    trace = "\n".join(line for line in TRACE.split("\n") if "[240.0" not in line)
    found = costs(trace, SCRIPT)
    assert (found["omega"], found["rfl"]) == (200, 60)
    assert "have k : p := by" not in found


def test_a_script_of_one_tactic_is_found():
    """Also where the proof is a term."""
    assert costs("[Elab.step] [7.0] omega", "by omega") == {"omega": 7}
    assert costs("[Elab.step] [7.0] omega", "rfl") == {}
    assert costs("", "by omega") == {}


@given(st.lists(st.sampled_from(TRACE.split("\n")) | st.text(max_size=40)).map("\n".join))
def test_any_trace_is_read(trace):
    """Lines in any order, repeated or of anything: no error, no cost below nothing, and none of what is not there."""
    found = tactic_heartbeats(steps(trace), proof_tree(SCRIPT), SCRIPT)
    assert all(cost >= 0 for cost in found.values())
    assert found.keys() <= set(range(len(SCRIPT)))
    assert costs("", SCRIPT) == {}
