"""Two real engines side by side find what one finds, and the gate accepts it."""

from functools import partial

import pytest

from proofagent.check.gate import Claim
from proofagent.minimize.acceptor import LeanAcceptor, Limits
from proofagent.minimize.driver import Minimizer
from proofagent.minimize.edits import challenge, places

BODY = """\
theorem one (a b c : Nat) (f : Nat → Nat) (h : f a < b) (k : b < c) : f a < c := by
  skip
  by_cases d : (0 : Nat) = 0
  · exact Nat.lt_trans h k
  · exact Nat.lt_trans h k

theorem two (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  have useless : 1 + 1 = 2 := by rfl
  constructor
  · exact hq
  · exact hp
"""
PATIENT = Limits(candidate=100.0, free=100.0)
"""On a busy machine the clock would decide otherwise."""


async def minimized(pool, workers):
    found = places(BODY)
    claim = Claim(("Init",), challenge(BODY, found), BODY, tuple(place.name for place in found))
    minimizer = Minimizer(BODY, range(len(found)), LeanAcceptor(pool, claim, limits=PATIENT), workers=workers)
    await minimizer.run()
    await minimizer.settle()
    return minimizer


@pytest.mark.lean
def test_two_engines_find_what_one_finds(pool, portal, engine_factory):
    """The same proofs, by way of the same variants, each accepted."""
    one = portal.call(minimized, pool, 1)
    wide = partial(type(pool), engine_factory, size=2, spares=0)
    with portal.wrap_async_context_manager(wide()) as both:
        two = portal.call(minimized, both, 2)
        assert both.stats.started >= 2
    assert one.ruling.outcome == two.ruling.outcome == "accepted"
    assert one.body == two.body
    assert [each.variants for each in one.results()] == [each.variants for each in two.results()]
    assert all(each.after < each.before for each in two.results())
