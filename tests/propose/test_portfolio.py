"""The portfolio: waves, order and learning."""

import anyio
import pytest

from proofagent.goals.goal import Goal
from proofagent.proof.script import normalized
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Candidate, Query
from proofagent.propose.portfolio import WAVES, Portfolio, Source, Wave

GOAL = Goal("t", "theorem t")
STATE = ProofState(parse_goals("a b : Nat\nh : a = b ∧ b = 3\n⊢ a + b = 6"))


def asked(portfolio: Portfolio, wave: int, state: ProofState = STATE, **options) -> list[Candidate]:
    return anyio.run(portfolio.propose, Query(GOAL, state, wave, **options))


def texts(portfolio: Portfolio, wave: int, **options) -> list[str]:
    return [candidate.tactic for candidate in asked(portfolio, wave, **options)]


def two_waves() -> Portfolio:
    cheap = Source("cheap", lambda _: ["x 1", "y 1", "x 2", "z"], -0.5, 3, 0.01)
    dear = Source("dear", lambda _: ["big"], -1.0, 5, 0.5)
    return Portfolio((Wave(0.0, (dear, cheap)), Wave(1.5, (dear,))))


@pytest.mark.parametrize("wave", range(len(WAVES)))
def test_candidates_of_each_wave(wave: int) -> None:
    """Each wave gives steps, each once, with a logarithm of a probability and the name of its source."""
    found = asked(Portfolio(), wave)
    names = {source.name for source in WAVES[wave].sources}
    assert found
    assert len({candidate.tactic for candidate in found}) == len(found)
    for candidate in found:
        assert normalized(candidate.tactic) == candidate.tactic
        assert candidate.log_prior <= 0
        assert candidate.origin in names


def test_waves_come_in_order_and_end() -> None:
    """Penalties rise from nothing, there is one for each wave, and after the last wave there is nothing."""
    portfolio = Portfolio()
    assert portfolio.waves[0] == 0.0
    assert list(portfolio.waves) == sorted(portfolio.waves)
    assert asked(portfolio, len(portfolio.waves)) == []
    assert asked(portfolio, len(portfolio.waves) + 7) == []


def test_a_source_gives_no_more_than_its_share() -> None:
    """Cheap sources come first, a source keeps its own order, and its first `most` tactics are taken."""
    assert texts(two_waves(), 0) == ["x 1", "y 1", "x 2", "big"]
    assert texts(two_waves(), 1) == ["big"]


def test_a_tactic_of_two_sources_comes_once() -> None:
    """Sources of a wave may agree; their tactic is tried once."""
    same = tuple(Source(name, lambda _: ["x", "y"], -0.5, 5, 0.1) for name in "ab")
    assert texts(Portfolio((Wave(0.0, same),)), 0) == ["x", "y"]


def test_later_places_of_a_source_are_less_likely() -> None:
    """Log-priors fall with the place in the source."""
    priors = {candidate.tactic: candidate.log_prior for candidate in asked(two_waves(), 0)}
    assert priors["x 1"] > priors["y 1"] > priors["x 2"]


def test_what_failed_here_is_not_proposed_again() -> None:
    """Failures of the goal are left out."""
    assert texts(two_waves(), 0, failures={"y 1": "no", "big": "no"}) == ["x 1", "x 2"]


def test_what_worked_comes_first() -> None:
    """Tactics that begin like one that worked move forward, those that begin like a failure move back."""
    portfolio = two_waves()
    for _ in range(3):
        portfolio.learn(Candidate("x 9"), worked=False)
    portfolio.learn(Candidate("y 9"), worked=True)
    assert texts(portfolio, 0) == ["y 1", "x 1", "x 2", "big"]


def test_learning_is_deterministic_and_its_own() -> None:
    """The same history gives the same order; another portfolio has heard nothing of it."""
    first, second = Portfolio(), Portfolio()
    untouched = [texts(Portfolio(), wave) for wave in range(len(WAVES))]
    for portfolio in (first, second):
        for number, candidate in enumerate(asked(portfolio, 0)):
            portfolio.learn(candidate, worked=number % 3 == 0)
    for wave in range(len(WAVES)):
        assert texts(first, wave) == texts(second, wave)
        assert sorted(texts(first, wave)) == sorted(untouched[wave])
    assert [texts(Portfolio(), wave) for wave in range(len(WAVES))] == untouched
