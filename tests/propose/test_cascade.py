"""A cascade of proposers: whose turn it is at a goal, and how dear that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Candidate, Query
from proofagent.propose.cascade import Cascade

pytestmark = pytest.mark.anyio
GOAL = Goal("t", "theorem t : True")
STATE = ProofState(parse_goals("⊢ True"))


class Saying:
    """Proposes its name and the number of the wave, and notes what it hears."""

    def __init__(self, name, waves):
        self.name, self.waves, self.heard = name, waves, []

    async def propose(self, query):
        return [Candidate(f"{self.name}{query.wave}")]

    def learn(self, candidate, *, worked):
        self.heard.append((candidate.tactic, worked))


async def test_stages_have_their_turns_one_after_the_other():
    """All waves of a stage come before the first of the next, and each is asked with its own number."""
    cascade = Cascade([Saying("a", (0.0, 4.0)), Saying("b", (1.0,)), Saying("c", (0.5, 0.6))])
    said = [await cascade.propose(Query(GOAL, STATE, wave)) for wave in range(6)]
    assert [[candidate.tactic for candidate in wave] for wave in said] == [["a0"], ["a1"], ["b0"], ["c0"], ["c1"], []]


async def test_every_stage_hears_what_worked():
    """Also of what others proposed."""
    stages = [Saying("a", (0.0,)), Saying("b", (0.0,))]
    Cascade(stages).learn(Candidate("x"), worked=True)
    assert [stage.heard for stage in stages] == [[("x", True)]] * 2


@given(
    st.lists(st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=5).map(sorted), min_size=1, max_size=5),
    st.floats(0.1, 10),
)
def test_a_later_stage_is_never_cheaper(stages, step):
    """Penalties rise with the turns, and those of a stage stay below where the next one begins."""
    cascade = Cascade([Saying("x", waves) for waves in stages], step=step)
    assert list(cascade.waves) == sorted(cascade.waves)
    at = 0
    for number, waves in enumerate(stages):
        assert all(step * number <= p <= step * (number + 1) for p in cascade.waves[at : at + len(waves)])
        at += len(waves)


@pytest.mark.parametrize(("stages", "step"), [([], 1.0), ([Saying("a", (0.0,))], 0.0)])
def test_a_cascade_has_stages_and_a_step(stages, step):
    """Anything else is a mistake of the caller."""
    with pytest.raises(ValueError, match="stages"):
        Cascade(stages, step=step)
