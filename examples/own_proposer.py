"""A proposer of your own: anything that says what to try at a state. This one knows one trick.

With it the cheapest wave of the portfolio is enough; `Portfolio()` has four more.
"""

from collections.abc import Sequence

from proofagent import Budget, Candidate, Goal, Mix, Portfolio, Query, Search, Share
from proofagent.propose.portfolio import WAVES


class ByParity:
    """Splits numbers by their parity where the goal speaks of a remainder by 2."""

    waves: Sequence[float] = (0.5,)
    """Asked once at each goal, after what is free (0)."""

    async def propose(self, query: Query) -> list[Candidate]:
        goal = query.state.main
        if "% 2" not in goal.target:
            return []
        numbers = [h.name for h in goal.hypotheses if h.accessible and h.type == "Nat"]
        split = "rcases Nat.mod_two_eq_zero_or_one {} with h | h <;> simp [Nat.add_mod, Nat.mul_mod, h]"
        return [Candidate(split.format(number), -0.5, "parity") for number in numbers]

    def learn(self, candidate: Candidate, *, worked: bool) -> None:
        """Nothing to learn."""


def team(_goal: Goal) -> Mix:
    return Mix([Share(Portfolio(WAVES[:1])), Share(ByParity())])


search = Search(team, budget=Budget(seconds=60))
(attempt,) = search.run(["theorem t (n : Nat) : (n * n + n) % 2 = 0"])
print(attempt.outcome)
print(attempt.proof)
