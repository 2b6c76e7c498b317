"""Models in results, with the real Lean: what they were asked, what they answered, what it cost and what Lean said."""

from decimal import Decimal

import pytest
from anyio.from_thread import start_blocking_portal

from proofagent.config.settings import Via
from proofagent.goals.loaders import from_statement
from proofagent.lean.pool import Pool
from proofagent.llm.chat import Answer, Call, Cost, Failure, Usage
from proofagent.proof.script import indented
from proofagent.propose.asker import Panel
from proofagent.propose.prompts import load_prompts
from proofagent.propose.team import ModelTeam
from proofagent.runs.attempt import attempt
from proofagent.runs.results import GoalResult, ProveReport, result_of
from proofagent.testing.scripted import ScriptedModel
from proofagent.types import Budget

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("models-in-results")]

PROMPTS = load_prompts()
STATEMENT = "theorem twice (n : Nat) : n + n = 2 * n"
NO_TWO_ALIKE = """intro h
have := congrArg ULift.down (h (ULift Bool) ⟨true⟩ ⟨false⟩)
exact Bool.noConfusion this"""
WRONG = "induction n with\n| zero => rfl\n| succ n ih => exact ih"


def fenced(proof):
    return f"A thought.\n\n```lean4\n{proof}\n```"


class Dear(ScriptedModel):
    """A model whose tokens cost a dollar for each four, and some of which nobody has confirmed."""

    async def ask(self, prompt):
        (call,) = await super().ask(prompt)
        usage = call.cost.usage
        cost = Cost(usage, Decimal(usage.tokens) / 4, Usage(3, 1), Decimal(1))
        return (Call(call.model, call.prompt, call.answers, call.failure, cost, tries=2, seconds=1.5),)


@pytest.fixture(scope="module")
def results(engine_factory):
    """Attempts a goal with models alone that are asked for whole proofs, and hears of every call meanwhile."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Pool(engine_factory)) as pool:

        def run(text, *models, **options):
            heard = []

            def hear(goal, asked):
                assert goal.statement == text
                heard.append(asked)

            team = ModelTeam(Panel(models), PROMPTS, via=(Via.WHOLE,), portfolio=False, heard=hear, **options)

            async def work():
                goal = from_statement(text)
                return await attempt(goal, pool, team(goal), Budget(seconds=60.0))

            made = portal.call(work)
            assert {asked.id: asked for asked in heard} == {asked.id: asked for asked in made.calls}
            assert len(heard) == len(made.calls)
            return result_of(made)

        yield run


def script(question):
    """A wrong proof and one that nobody may give; then what mends the first, and a refusal."""
    if "does not accept" in question.text:
        return [fenced("omega"), Answer("I will not.", "refused")]
    return [fenced(WRONG), fenced("native_decide")]


DEAR = Dear(script, name="dear", samples=2)
BROKE = ScriptedModel(lambda _: Failure("out-of-credit", "top up", 402), name="broke")


@pytest.fixture(scope="module")
def repaired(results):
    """The result of a goal whose first proof is wrong and whose second one is not."""
    return results(STATEMENT, DEAR, BROKE, refute=False)


def test_a_repair_is_in_the_result_with_all_that_led_to_it(repaired):
    """Calls come in their order, each with prompt and answers; one that failed with the reason."""
    assert (repaired.outcome, repaired.proof, repaired.tree.origin) == ("proved", "omega", "repair by scripted/dear")
    first, failed, repair = repaired.calls
    assert [(call.purpose, call.model) for call in repaired.calls] == [
        ("whole", "scripted/dear"),
        ("whole", "scripted/broke"),
        ("repair", "scripted/dear"),
    ]
    assert len({call.id for call in repaired.calls}) == 3
    for call, question in zip((first, repair), DEAR.questions, strict=True):
        assert [(m.role, m.text) for m in call.prompt] == [(m.role, m.text) for m in question.messages]
    assert [answer.text for answer in first.answers] == [fenced(WRONG), fenced("native_decide")]
    assert [(answer.text, answer.end) for answer in repair.answers] == [
        (fenced("omega"), "complete"),
        ("I will not.", "refused"),
    ]
    assert (failed.failure.kind, failed.failure.detail, failed.failure.status) == ("out-of-credit", "top up", 402)
    assert (failed.answers, failed.candidates, failed.cost.tokens) == ((), (), 0)


def test_what_lean_said_is_with_the_call_that_it_came_of(repaired):
    """A block as a whole, then its steps; what was not given to Lean at all; and what worked."""
    first, _, repair = repaired.calls
    said = {candidate.tactic: candidate for candidate in first.candidates}
    assert said[WRONG].status == "error"
    assert said[WRONG].said.startswith("3:")
    assert said[WRONG].said in repair.prompt[-1].text
    assert said[WRONG].goal == "n + n = 2 * n"
    assert said["native_decide"].status == "refused"
    (step,) = [c for tactic, c in said.items() if tactic.startswith("induction n with") and c.status == "ok"]
    assert (step.said, step.leaves) == ("", ("0 + 0 = 2 * 0", "n + 1 + (n + 1) = 2 * (n + 1)"))
    assert said["exact ih"].goal == step.leaves[1]
    assert [(c.tactic, c.status, c.said, c.leaves) for c in repair.candidates] == [("omega", "ok", "", ())]


def test_costs_are_added_up_and_survive_json(repaired):
    """The cost of a result is that of its calls; as JSON it is the same result, alone and in a report."""
    cost = repaired.cost
    assert cost.tokens == sum(call.cost.tokens for call in repaired.calls)
    assert cost.output_tokens == sum(call.cost.output_tokens for call in repaired.calls) > 0
    assert cost.dollars == sum(call.cost.dollars for call in repaired.calls)
    assert cost.dollars == (cost.input_tokens + cost.output_tokens) / 4
    assert (cost.unconfirmed_tokens, cost.unconfirmed_dollars) == (8, 2.0)
    assert [(call.tries, call.seconds) for call in repaired.calls] == [(2, 1.5), (1, 0.0), (2, 1.5)]
    assert GoalResult.model_validate_json(repaired.model_dump_json()) == repaired
    report = ProveReport(results=(repaired,), cost=cost)
    assert ProveReport.model_validate_json(report.model_dump_json()) == report


def test_calls_against_a_goal_are_in_its_result(results):
    """A refutation that a model found is with its call, and the calls for the proof are there as well."""
    model = ScriptedModel(lambda question: [fenced(NO_TWO_ALIKE if "Refute it" in question.text else "omega")])
    result = results("theorem wrong.{u} (α : Type u) (x y : α) : x = y", model, repairs=0)
    assert result.outcome == "refuted"
    assert result.tree.origin == "refute by scripted/model"
    proving, refuting = result.calls
    assert [(call.purpose, call.id[0]) for call in result.calls] == [("whole", "c"), ("refute", "r")]
    assert [(c.tactic, c.status) for c in proving.candidates] == [("omega", "error")]
    assert [(c.tactic, c.status) for c in refuting.candidates] == [(NO_TWO_ALIKE, "ok")]
    assert indented(NO_TWO_ALIKE, 2) in result.refutation
