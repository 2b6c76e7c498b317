"""Whatever a model answers: no command leaves the tactic block, and nothing is called proved but by the gate."""

from functools import partial

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofagent.goals.loaders import from_statement
from proofagent.lean.engine import Header
from proofagent.lean.engines import embedded_pool
from proofagent.propose.asker import Panel
from proofagent.propose.content import refusal
from proofagent.propose.prompts import load_prompts
from proofagent.propose.team import ModelTeam
from proofagent.runs.attempt import attempt
from proofagent.testing.scripted import ScriptedModel
from proofagent.types import Budget

LEAK = "theorem leaked : True := trivial"
INJECTED = [
    LEAK, f"trivial\n{LEAK}", f"trivial {LEAK}", f"trivial; {LEAK}", f"trivial)\n{LEAK}", f"(trivial\n{LEAK}",
    f'exact "a"\n{LEAK}', f"trivial -- x\n{LEAK}", f"trivial /- -/ {LEAK}", f"trivial /-/-/ {LEAK} -/ -/",
    "trivial\nend\nnamespace X", "trivial\nset_option autoImplicit true", "trivial\nopen Nat", "trivial\n#eval 1",
    "trivial\n@[simp] " + LEAK, "trivial\nprivate def leaked := 1", "trivial\naxiom leaked : False",
    'trivial\nmacro "omega" : tactic => `(tactic| sorry)', 'trivial\nlocal notation "False" => True',
    "trivial\nrun_cmd pure ()", "trivial\ninstance leaked : X := x", "trivial\nattribute [simp] Nat.add_comm",
    "run_tac pure ()", "sorry", "admit", "exact sorryAx _ false", "exact «sorryAx» _ false", "native_decide",
    "decide +native", "trivial\nwhere leaked := 1", "trivial\n/-- doc -/", "trivial\nmutual", "stop\ntrivial",
    "set_option debug.skipKernelTC true in decide", "set_option «debug».skipKernelTC true in decide",
    "trivial\u2028theorem leaked : True := trivial", "trivial\x0btheorem leaked : True := trivial",
    "trivial\u202etheorem", "exact foo.{0} /-", 'exact "', "exact ⟨", "trivial ]", "trivial\nimport Lean",
]  # fmt: skip
HONEST = [
    "trivial", "intro h\nexact h", "constructor\n· simp\n· omega", "first | trivial | simp", "open Nat in simp",
    "set_option maxRecDepth 500 in\nsimp", "exact ⟨_, by omega⟩", "have h : 1 = 1 := by\n  rfl\nexact trivial",
]  # fmt: skip
FRAGMENTS = st.lists(
    st.sampled_from([*INJECTED, *HONEST, " ", "\n", "·", "by", "(", ")", ";", "«", "»", "`", "'", "é"]), max_size=4
)


def test_commands_are_refused_and_tactics_are_not():
    """Every injected command is refused before Lean sees it; what people write as proofs passes."""
    assert [text for text in INJECTED if not refusal(text)] == []
    assert [text for text in HONEST if refusal(text)] == []


@pytest.mark.lean
def test_no_command_leaves_the_block(installation):
    """What passes is one declaration to Lean: after it nothing else is there."""
    seen = {"texts": 0, "passed": 0}

    @settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(FRAGMENTS.map(" ".join) | FRAGMENTS.map("\n".join) | st.text(max_size=40))
    def fuzz(text):
        seen["texts"] += 1
        if refusal(text):
            return
        seen["passed"] += 1
        body = "theorem t : 1 = 2 := by\n  " + text.replace("\n", "\n  ") + "\n#check leaked\n#check (t : 1 = 2)"
        outcome = portal(body)
        unknown = [m for m in outcome.messages if m.severity == "error" and "leaked" in m.text]
        assert outcome.status != "done" or unknown

    async def elaborate(pool, body):
        return await pool.elaborate(Header(("Init",)), body, deadline=20)

    with start_blocking_portal() as loop, loop.wrap_async_context_manager(embedded_pool()) as pool:
        portal = partial(loop.call, elaborate, pool)
        fuzz()
    assert seen["passed"] > 10


@pytest.mark.lean
def test_a_lying_model_proves_nothing_false(installation):
    """All ways of asking, a model that answers with cheats: a false statement stays unproved, a true one may be."""

    def answers(question):
        return ["\n".join(f"```lean4\n{cheat}\n```" for cheat in INJECTED[place::3]) for place in range(3)][
            len(question.text) % 3 :
        ]

    async def run(statement):
        async with embedded_pool() as pool:
            goal = from_statement(statement)
            team = ModelTeam(Panel([ScriptedModel(answers)]), load_prompts(), portfolio=False, refute=False)(goal)
            return await attempt(goal, pool, team, Budget(60, 60))

    false = anyio.run(run, "theorem t (n : Nat) : n * n = n + 1")
    assert (false.outcome, false.proof) == ("unproved", None)
    assert false.calls
    assert any(tried.result.status == "refused" for said in false.answers.values() for tried in said)
