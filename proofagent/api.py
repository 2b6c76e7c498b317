"""The short way into the library."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import anyio

from proofagent.errors import ConfigError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.runs.asking import Asking, Flags, open_desk, plan_of
from proofagent.runs.attempt import attempt
from proofagent.runs.calls import CostModel
from proofagent.runs.results import GoalResult, result_of
from proofagent.types import Budget


def prove(
    goal: Goal | str,
    budget: Budget | None = None,
    *,
    models: Sequence[str] = (),
    base_url: str | None = None,
    tokens: int | None = None,
    dollars: Decimal | str | None = None,
) -> GoalResult:
    """Prove one goal, or one statement, with an engine of its own; returns when it is proved or the budget is spent.

    `models` (`provider/name`) are asked too, for `tokens` and `dollars` at most; the user's own settings count, and
    keys are in the environment. Raises `GoalError` where the statement does not elaborate, `ConfigError` where a model
    cannot be had, `SetupError` where the embedded Lean is missing and `EngineError` where it cannot work. Inside a
    running event loop use `attempt` with a pool instead.
    """
    try:
        limit = None if dollars is None else Decimal(dollars)
    except InvalidOperation as error:
        raise ConfigError(f"dollars: {dollars!r} is no amount") from error
    flags = Flags(models=models, base_url=base_url, tokens=tokens, dollars=limit)
    whole = from_statement(goal) if isinstance(goal, str) else goal
    return anyio.run(_prove, whole, budget or Budget(), plan_of(flags, None, None))


async def _prove(goal: Goal, budget: Budget, plan: Asking) -> GoalResult:
    async with embedded_pool() as pool, open_desk(plan, pool) as desk:
        result = result_of(await attempt(goal, pool, desk.team(goal), budget))
        return result.model_copy(update={"cost": CostModel.of(desk.ledger.spent)})
