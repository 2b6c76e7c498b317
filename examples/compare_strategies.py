"""An experiment: the same goals by every strategy, with one pool of engines."""

import anyio

from proofagent import STRATEGIES, Budget, Search, Settings, embedded_pool

GOALS = [
    "theorem a (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length",
    "theorem b (n : Nat) : n < 2 ^ n",
    "theorem c (p q r : Prop) : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r)",
]


async def main() -> None:
    async with embedded_pool() as pool:
        for name, strategy in STRATEGIES.items():
            search = Search(settings=Settings(strategy=strategy), budget=Budget(seconds=30))
            attempts = [await search.attempt(goal, pool) for goal in GOALS]
            print(f"{name:12}", *(attempt.outcome for attempt in attempts))


anyio.run(main)
