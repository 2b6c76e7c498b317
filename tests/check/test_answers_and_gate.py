"""Whatever a model answers: no command leaves the tactic block, and nothing is called proved but by the gate."""

from itertools import islice

import anyio
import pytest
from injections import HONEST, INJECTED, mutants

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

TEXTS = 800


def test_commands_are_refused_and_tactics_are_not():
    """Every injected command is refused before Lean sees it; what people write as proofs passes."""
    assert [text for text in INJECTED if not refusal(text)] == []
    assert [text for text in HONEST if refusal(text)] == []


@pytest.mark.lean
def test_no_command_leaves_the_block(installation):
    """What passes is one declaration to Lean: it leaves no constant, and no namespace, name, option or section open."""
    passing = (text for text in mutants(seed=1) if not refusal(text))

    async def left(pool, text):
        body = "theorem t : 1 = 2 := by\n  " + text.replace("\n", "\n  ") + "\n\n#check leaked\n#where"
        outcome = await pool.elaborate(Header(("Init",)), body, deadline=20)
        unknown = any(m.text == "Unknown identifier `leaked`" for m in outcome.messages)
        return outcome.status == "done" and (unknown, outcome.messages[-1].text)

    async def run():
        async with embedded_pool() as pool:
            nothing = await left(pool, "decide")
            assert nothing[0]
            return [text for text in islice(passing, TEXTS) if await left(pool, text) not in (False, nothing)]

    assert anyio.run(run) == []


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
