"""A model's opinion of a goal: how it is read, and what it may do to a search."""

import anyio
import pytest
from asking_models import PROMPTS, asker_of
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal
from proofagent.llm.chat import Failure
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.judge import ModelJudge, read_mark
from proofagent.search.loop import search
from proofagent.search.settings import Settings
from proofagent.testing.scripted import ScriptedModel
from proofagent.testing.toy import TOY_GOAL, ToyProposer, ToyProver
from proofagent.types import Budget

pytestmark = pytest.mark.anyio

GOAL = Goal("t", "theorem t (n : Nat) : n = n + 0")
STATE = ProofState(parse_goals("n : Nat\n⊢ n = n + 0"))


def saying(*texts, name="model"):
    return ScriptedModel(lambda _: list(texts), name=name, samples=len(texts))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("70", 70),
        ("I would say 35.", 35),
        ("Two lemmas are missing: 20/100", 20),
        ("85 out of 100", 85),
        ("100", 100),
        ("0", 0),
        ("62.5", 62.5),
        ("", None),
        ("no idea", None),
        ("-3", None),
        ("101", None),
        ("9" * 5000, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_mark_is_the_last_number_from_0_to_100(text, mark):
    """Whatever stands around it; anything else is no mark."""
    assert read_mark(text) == mark


@given(st.text())
def test_whatever_a_model_says_is_a_mark_or_none(text):
    """Nothing raises."""
    mark = read_mark(text)
    assert mark is None or 0 <= mark <= 100


async def test_the_median_of_all_opinions_counts_and_nothing_is_certain():
    """Of several models and samples; the ends of the scale are left to the kernel."""
    judge = ModelJudge(asker_of(saying("10", "20", name="a"), saying("90", name="b")), PROMPTS)
    assert await judge(GOAL, STATE) == 0.2
    assert await ModelJudge(asker_of(saying("100")), PROMPTS)(GOAL, STATE) == 0.98
    assert await ModelJudge(asker_of(saying("0")), PROMPTS)(GOAL, STATE) == 0.02


async def test_without_an_opinion_there_is_no_value():
    """Where models fail, or say nothing that can be read."""
    assert await ModelJudge(asker_of(saying("hm")), PROMPTS)(GOAL, STATE) is None
    assert await ModelJudge(asker_of(ScriptedModel(lambda _: Failure("timed-out"))), PROMPTS)(GOAL, STATE) is None


async def test_the_goal_is_in_the_question():
    """With the theorem that all this is for."""
    model = saying("50")
    await ModelJudge(asker_of(model), PROMPTS)(GOAL, STATE)
    assert GOAL.statement in model.questions[0].text
    assert STATE.key in model.questions[0].text


async def searched(judge, waves=(("split 3 8",), ("halve", "dec"), ("done",)), start=11):
    prover = ToyProver(start)
    result = await search(TOY_GOAL, prover, ToyProposer(waves), Budget(seconds=20.0), settings=Settings(judge=judge))
    result.graph.check()
    return prover.applied, result


async def test_what_is_judged_better_is_worked_on_first():
    """The order is the judge's, the outcome is not."""

    def preferring(number):
        async def judge(_goal, state):
            return 0.9 if state.main.target == number else 0.05

        return judge

    orders = []
    for number in ("3", "8"):
        applied, result = await searched(preferring(number))
        assert result.end == "complete"
        orders.append(applied)
    assert orders[0] != orders[1]


async def test_a_judge_that_does_not_answer_holds_nothing_up():
    """The search ends without it."""

    async def silent(_goal, _state):
        await anyio.sleep_forever()

    with anyio.fail_after(10):
        _, result = await searched(silent)
    assert result.end == "complete"


async def test_only_what_the_first_wave_leaves_is_judged():
    """What is closed at once costs no opinion."""
    asked = []

    async def judge(_goal, state):
        asked.append(state.main.target)

    await searched(judge, waves=(("done", "dec"),), start=1)
    assert asked == []
