"""The short ways into the library: `prove` for one goal, `Search` for experiments."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import anyio

from proofagent.errors import ConfigError
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import Pool
from proofagent.propose.base import Lemmas, Proposer
from proofagent.propose.team import TacticsTeam, Team
from proofagent.runs.asking import DEFAULT_LEMMAS, Asking, Flags, open_desk, plan_of
from proofagent.runs.attempt import Attempt, attempt
from proofagent.runs.calls import CostModel
from proofagent.runs.kept import DEFAULT_PROFILE
from proofagent.runs.lemmas import LibraryLemmas
from proofagent.runs.results import GoalResult, result_of
from proofagent.score.choice import profile_named
from proofagent.search.settings import Observer, Settings
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


@dataclass(frozen=True, slots=True)
class Search:
    """An experiment: what proposes, by which strategy and value, within which budget. The gate decides all the same.

    `proposers` makes what proposes for a goal, anew for each; without it that is the portfolio with lemmas of the
    library. `observe` sees every candidate that was tried, with the graph as it is then.
    """

    proposers: Callable[[Goal], Proposer] | None = None
    settings: Settings = field(default_factory=Settings)
    budget: Budget = field(default_factory=Budget)
    keep: int = 1
    """So many different proofs are looked for."""

    prefer: str = DEFAULT_PROFILE
    """The profile that says which of them is the best."""

    observe: Observer = lambda _graph, _tried: None

    async def attempt(self, goal: Goal | str, pool: Pool) -> Attempt:
        """Try one goal, or one statement, with the engines of `pool`. Raises as `proofagent.attempt` does."""
        return await self._attempt(goal, pool, LibraryLemmas(pool, DEFAULT_LEMMAS))

    async def _attempt(self, goal: Goal | str, pool: Pool, lemmas: Lemmas) -> Attempt:
        whole = from_statement(goal) if isinstance(goal, str) else goal
        cheap = TacticsTeam(lemmas, refute=False)
        team = cheap(whole) if self.proposers is None else Team(self.proposers(whole))
        return await attempt(
            whole,
            pool,
            team,
            self.budget,
            settings=self.settings,
            keep=self.keep,
            profile=profile_named(self.prefer),
            observe=self.observe,
        )

    def run(self, goals: Iterable[Goal | str], *, engines: int = 1) -> list[Attempt]:
        """Try goals one after another with `engines` Lean processes of its own; not inside a running event loop."""

        async def everything() -> list[Attempt]:
            async with embedded_pool(size=engines) as pool:
                lemmas = LibraryLemmas(pool, DEFAULT_LEMMAS)  # their statements are printed once for all goals
                return [await self._attempt(goal, pool, lemmas) for goal in goals]

        return anyio.run(everything)
