"""Whatever proposes and whatever decides where to go on: nothing is called proved but what the gate accepts."""

import random
from itertools import islice

import pytest
from injections import HONEST, INJECTED, mutants

from proofagent.check.gate import Claim, check
from proofagent.goals.loaders import from_statement
from proofagent.propose.base import Candidate
from proofagent.propose.team import Team
from proofagent.runs.attempt import attempt
from proofagent.runs.text import text_with
from proofagent.search.settings import Settings
from proofagent.search.strategies import STRATEGIES
from proofagent.types import Budget

pytestmark = [pytest.mark.lean, pytest.mark.xdist_group("strategies and gate")]

BUDGET = Budget(seconds=60.0, candidates=60, heartbeats=5_000)
TRUE = "theorem t (p q : Prop) (a b : Nat) (hp : p) (hq : q) : (p ∧ q) ∧ a + b = b + a"
FALSE = "theorem t (p q : Prop) (a b : Nat) (hp : p) : (p ∧ q) ∧ a + b = b + a"
USEFUL = ["constructor", "exact ⟨hp, hq⟩", "omega", "exact hq", "assumption", "refine ⟨?_, ?_⟩", "have := hp", "skip"]
WHERE = [*INJECTED, *HONEST]


class Fuzz:
    """Proposes, in an order that repeats, real tactics, injected commands, mutants of both, and garbage."""

    waves = (0.0, 0.5, 1.0, 1.5)

    def __init__(self, seed):
        self._chance = random.Random(seed)
        self._mutants = mutants(seed)

    async def propose(self, query):
        chance = self._chance
        garbage = "".join(
            chr(chance.choice([*range(9, 127), 0x2028, 0x22A2, 0x27E8])) for _ in range(chance.randrange(20))
        )
        texts = [*chance.sample(USEFUL, 4), *chance.sample(WHERE, 3), *islice(self._mutants, 3), garbage]
        chance.shuffle(texts)
        return [Candidate(t, -chance.random(), "fuzz", block=chance.random() < 0.3 or "\n" in t) for t in texts]

    def learn(self, candidate, *, worked):
        pass


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("merge", [True, False], ids=["merged", "not merged"])
@pytest.mark.parametrize("name", STRATEGIES)
def test_what_is_proved_is_what_the_gate_accepts(portal, pool, name, merge, seed):
    """Each proof of a true statement is accepted when the gate is asked anew; a false one is never proved."""
    settings = Settings(strategy=STRATEGIES[name], merge=merge, workers=1 + seed % 2)

    async def work():
        made = []
        for statement in (TRUE, FALSE):
            goal = from_statement(statement)
            made.append(await attempt(goal, pool, Team(Fuzz(seed)), BUDGET, settings=settings, keep=2))
        checked = []
        for found in made:
            texts = [each.text for each in found.kept]
            for text in texts:
                claim = Claim(("Init",), text_with(found.goal, "sorry"), text_with(found.goal, text), ("t",))
                checked.append(await check(claim, pool, deadline=60))
        return made, checked

    (true, false), checked = portal.call(work)
    assert false.outcome == "unproved"
    assert true.outcome in ("proved", "unproved")
    assert [verdict.reasons for verdict in checked if not verdict.accepted] == []
    assert len(checked) == len(true.kept)
    assert (true.outcome == "proved") == bool(true.kept)


def test_some_of_them_are_proved(portal, pool):
    """Or the test above would show nothing."""

    async def work():
        return await attempt(from_statement(TRUE), pool, Team(Fuzz(0)), Budget(seconds=60.0, candidates=300))

    assert portal.call(work).outcome == "proved"
