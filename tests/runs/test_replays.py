"""Recordings of a scripted model, replayed without network: goals that the portfolio alone does not prove."""

from pathlib import Path

import anyio
import pytest

from proofagent.config.models import resolve
from proofagent.config.settings import Settings, Via
from proofagent.goals.loaders import from_jsonl
from proofagent.lean.engines import embedded_pool
from proofagent.llm.models import open_models
from proofagent.propose.asker import Panel
from proofagent.propose.prompts import load_prompts
from proofagent.propose.team import ModelTeam
from proofagent.runs.attempt import attempt
from proofagent.types import Budget

FOLDER = Path(__file__).parents[2] / "examples" / "models"
NOWHERE = "http://127.0.0.1:9/v1"


@pytest.mark.lean
@pytest.mark.parametrize(
    ("via", "name", "purposes"),
    [
        (Via.WHOLE, "mathd_numbertheory_326", ["whole", "repair"]),
        (Via.SKETCH, "mathd_numbertheory_156", ["sketch"]),
        (Via.STEP, "amc12a_2015_p10", ["step"] * 5),
    ],
)
def test_a_recorded_model_proves(installation, via, name, purposes):
    """Each way of asking leads to a proof that the gate accepts; every question was in the recording."""

    async def run():
        (goal,) = (goal for goal in from_jsonl(FOLDER / "goals.jsonl") if goal.name == name)
        specs = resolve(["scripted/hints"], Settings(), base_url=NOWHERE)
        async with open_models(specs, replay=[FOLDER / f"{via}.jsonl"]) as models, embedded_pool() as pool:
            team = ModelTeam(Panel(models.clients), load_prompts(), via=[via], refute=False)(goal)
            return await attempt(goal, pool, team, Budget(150))

    made = anyio.run(run)
    assert (made.outcome, made.verdict.accepted) == ("proved", True)
    assert [asked.purpose for asked in made.calls] == purposes
    assert all(asked.call.failure is None for asked in made.calls)
    assert any("scripted/hints" in step.origin for step in made.graph.steps.values() if step.status == "proved")
