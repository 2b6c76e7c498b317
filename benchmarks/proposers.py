"""How many goals a model's hints prove that the portfolio alone does not, through each proposer, and at what price.

    python benchmarks/proposers.py FOLDER [--time 60] [--only NAME] [--via WAY] [--alone] [--record]

FOLDER holds `goals.jsonl`, and a recording `whole.jsonl`, `sketch.jsonl`, `step.jsonl` for each way of asking
(`examples/models` is one). Nothing is sent: the recordings are replayed. With `--record` the scripted model of the
folder (`script.json`) is asked instead and the recordings are written anew; with `--alone` the portfolio has a try
at every goal as well.
"""

import argparse
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from proofagent.config.models import resolve
from proofagent.config.settings import Settings, Via
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import BadLine, from_jsonl
from proofagent.lean.engines import embedded_pool
from proofagent.lean.pool import Pool
from proofagent.llm.models import Models, open_models
from proofagent.propose.asker import Panel
from proofagent.propose.portfolio import Portfolio
from proofagent.propose.prompts import load_prompts
from proofagent.propose.team import ModelTeam, Team
from proofagent.runs.attempt import attempt
from proofagent.testing.model_script import RuleScript, load_rules
from proofagent.testing.model_server import serving
from proofagent.types import Budget

MODEL = "scripted/hints"
NOWHERE = "http://127.0.0.1:9/v1"


@asynccontextmanager
async def models_of(folder: Path, via: Via, *, record: bool) -> AsyncIterator[Models]:
    """The scripted model: its recording, or itself."""
    path = folder / f"{via}.jsonl"
    if not record:
        async with open_models(resolve([MODEL], Settings(), base_url=NOWHERE), replay=[path]) as models:
            yield models
        return
    path.unlink(missing_ok=True)
    async with (
        serving(RuleScript(load_rules(folder / "script.json"))) as server,
        open_models(resolve([MODEL], Settings(), base_url=server.url), record=path) as models,
    ):
        yield models


async def tried(goal: Goal, pool: Pool, team: Team, budget: Budget) -> str:
    """One line about one attempt."""
    began = time.monotonic()
    made = await attempt(goal, pool, team, budget)
    tokens = sum(asked.call.cost.tokens for asked in team.calls)
    missing = sum(asked.call.failure is not None for asked in team.calls)
    spent = f"{time.monotonic() - began:5.1f} s {made.spent.candidates:4} candidates"
    asked = f"{len(team.calls):3} calls {tokens:6,} tokens" + (f", {missing} not answered" if missing else "")
    return f"{made.outcome:9} {spent} {asked}"


async def measure(
    folder: Path, goals: Sequence[Goal], budget: Budget, *, ways: Sequence[Via], alone: bool, record: bool
) -> None:
    """Print a line a goal and a count for every way."""
    prompts = load_prompts()
    async with embedded_pool() as pool:
        if alone:
            lines = [await told("alone", goal, pool, Team(Portfolio()), budget) for goal in goals]
            print(f"alone: {sum(lines)} of {len(goals)}", flush=True)
        for via in ways:
            async with models_of(folder, via, record=record) as models:
                make = ModelTeam(Panel(models.clients), prompts, via=[via], refute=False)
                proved = [await told(via, goal, pool, make(goal), budget) for goal in goals]
            print(f"{via}: {sum(proved)} of {len(goals)}", flush=True)


async def told(way: str, goal: Goal, pool: Pool, team: Team, budget: Budget) -> bool:
    """Print what became of a goal; whether it was proved."""
    line = await tried(goal, pool, team, budget)
    print(f"{way:7} {line}  {goal.name}", flush=True)
    return line.startswith("proved")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--time", type=float, default=60.0)
    parser.add_argument("--only")
    parser.add_argument("--via", type=Via, choices=list(Via), action="append", help="this way of asking only")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    found = from_jsonl(args.folder / "goals.jsonl")
    goals = [goal for goal in found if not isinstance(goal, BadLine) and args.only in (None, goal.name)]
    ways = args.via or list(Via)
    budget = Budget(args.time)
    anyio.run(lambda: measure(args.folder, goals, budget, ways=ways, alone=args.alone, record=args.record))


if __name__ == "__main__":
    main()
