"""The short way into the library."""

import anyio

from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.propose.team import tactics_team
from proofagent.runs.attempt import attempt
from proofagent.runs.results import GoalResult, result_of
from proofagent.types import Budget


def prove(goal: Goal | str, budget: Budget | None = None) -> GoalResult:
    """Prove one goal, or one statement, with an engine of its own; returns when it is proved or the budget is spent.

    Raises `GoalError` where the statement does not elaborate, `SetupError` where the embedded Lean is missing and
    `EngineError` where it cannot work. Inside a running event loop use `attempt` with a pool instead.
    """
    return anyio.run(_prove, from_statement(goal) if isinstance(goal, str) else goal, budget or Budget())


async def _prove(goal: Goal, budget: Budget) -> GoalResult:
    async with embedded_pool() as pool:
        return result_of(await attempt(goal, pool, tactics_team(goal), budget))
