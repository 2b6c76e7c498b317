"""From votes to a ranking: majorities, strengths, agreement, and that labels decide nothing."""

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import SetupError
from proofagent.score.panel import aggregate
from proofagent.score.panel.aggregate import PRIOR, Cast, agreement, connected, decide, demand_library, ranking

PREFERENCES = ["first", "second", "tie", None]


def casts_of(*rows):
    """Votes from (first, second, "preferences of judges 0, 1 …")."""
    names = {"<": "second", ">": "first", "=": "tie", "?": None}
    return [
        Cast(f"judge {number}", first, second, names[said])
        for first, second, all_said in rows
        for number, said in enumerate(all_said)
    ]


@st.composite
def votes(draw):
    proofs = draw(st.integers(2, 4))
    judges = draw(st.integers(1, 4))
    casts = [
        Cast(f"judge {judge}", first, second, draw(st.sampled_from(PREFERENCES)))
        for first, second in combinations(range(proofs), 2)
        for judge in range(judges)
    ]
    return proofs, casts


@pytest.mark.parametrize(
    ("said", "preference"),
    [
        (">", "first"),
        (">>", "first"),
        (">>>", "first"),
        (">><", "first"),
        (">>=", "first"),
        ("><", None),
        (">=", None),
        (">><<", None),
        (">>><<", None),
        ("==>", "tie"),
        ("<??", "second"),
        ("???", None),
        ("<>=", None),
    ],
)
def test_two_thirds_of_the_votes_decide_a_pair(said, preference):
    """Abstentions are no votes; without such a majority the panel abstains."""
    (decision,) = decide(casts_of((0, 1, said)))
    assert decision.preference == preference
    assert decision.abstained == said.count("?")
    assert sum(decision.votes.values()) == len(said) - decision.abstained


def ranked(proofs, casts):
    return ranking(decide(casts), casts, proofs)


def test_the_best_proof_comes_first():
    """Each beats the next one."""
    found = ranked(3, casts_of((0, 1, "<<"), (0, 2, "<<"), (1, 2, ">>")))
    assert [(rank.proof, rank.place) for rank in found] == [(1, 1), (2, 2), (0, 3)]


def test_equal_proofs_share_a_place():
    """Also where another one is behind them."""
    found = ranked(3, casts_of((0, 1, "=="), (0, 2, ">>"), (1, 2, ">>")))
    assert [(rank.proof, rank.place) for rank in found] == [(0, 1), (1, 1), (2, 3)]


def test_strengths_are_those_of_bradley_and_terry():
    """For two proofs the formula is short: odds are wins by wins, the ties of the prior halved."""
    found = ranked(2, casts_of((0, 1, ">>>>>>><<")))
    odds = (7 + PRIOR / 2) / (2 + PRIOR / 2)
    assert found[0].strength - found[1].strength == pytest.approx(math.log(odds), abs=1e-6)


def test_a_proof_that_never_lost_is_not_infinitely_strong():
    """The prior sees to that."""
    found = ranked(2, casts_of((0, 1, ">" * 50)))
    assert 0 < found[0].strength < 10


def test_votes_on_a_pair_without_a_majority_count_for_nothing():
    """What is left decides, where it connects all proofs; otherwise there is no ranking."""
    found = ranked(3, casts_of((0, 1, "><"), (0, 2, ">>"), (1, 2, "<<")))
    assert [rank.proof for rank in found] == [0, 2, 1]
    assert ranked(3, casts_of((0, 1, "><"), (0, 2, "><"), (1, 2, ">>"))) == ()
    assert ranked(2, casts_of((0, 1, "><"))) == ()
    assert ranked(2, []) == ()
    assert ranked(1, []) == ()
    assert ranked(0, []) == ()


def test_pairs_connect_proofs():
    """Along any way."""
    assert connected({(0, 1), (1, 2)}, 3)
    assert not connected({(0, 1), (2, 3)}, 4)
    assert connected(set(), 1)


@given(votes(), st.randoms(use_true_random=False))
def test_numbers_of_proofs_decide_nothing(drawn, random):
    """Other numbers, the same ranking: which proof is called first, and in which order votes come, included."""
    proofs, casts = drawn
    renamed = random.sample(range(proofs), proofs)
    turned = {"first": "second", "second": "first"}
    moved = []
    for cast in casts:
        first, second, said = renamed[cast.first], renamed[cast.second], cast.preference
        if first > second:
            first, second, said = second, first, turned.get(said, said)
        moved.append(Cast(cast.judge, first, second, said))
    random.shuffle(moved)
    before, after = ranked(proofs, casts), ranked(proofs, moved)
    assert {renamed[rank.proof]: rank.place for rank in before} == {rank.proof: rank.place for rank in after}
    strengths = {rank.proof: rank.strength for rank in after}
    assert all(strengths[renamed[rank.proof]] == pytest.approx(rank.strength, abs=1e-5) for rank in before)
    assert agreement(moved) == pytest.approx(agreement(casts))


@given(votes())
def test_strengths_have_the_mean_0_and_go_with_the_places(drawn):
    """The better the place, the stronger."""
    found = ranked(*drawn)
    assert sum(rank.strength for rank in found) == pytest.approx(0, abs=1e-6)
    for one, other in pairwise(found):
        assert one.place <= other.place
        assert one.strength >= other.strength - 1e-4


def test_agreement_is_krippendorffs():
    """1 for judges of one mind; less the more they differ; not defined for one judge, or where nothing varies."""
    rows = (0, 1), (0, 2), (1, 2), (0, 3)
    assert agreement(casts_of(*((*row, ">>") for row in rows))) == pytest.approx(1)
    half = agreement(casts_of((0, 1, ">>"), (0, 2, "><"), (1, 2, "<<"), (0, 3, "==")))
    none = agreement(casts_of(*((*row, "><") for row in rows)))
    assert none < 0 < half < 1
    assert agreement(casts_of(*((*row, ">") for row in rows))) is None
    assert agreement(casts_of(*((*row, "==") for row in rows))) is None
    assert agreement(casts_of(*((*row, ">?") for row in rows))) is None
    assert agreement([]) is None


def test_agreement_of_an_example_by_hand():
    """Two judges, two pairs, one of them the same: with every pair both ways, 1 - 7 * 4 / 40."""
    # Values 1 1 / 1 0 and -1 -1 / -1 0: observed 2 (1 + 1) = 4; expected over the 8 values, by pairs of distance.
    values = [1, 1, 1, 0, -1, -1, -1, 0]
    expected = sum((a - b) ** 2 for a in values for b in values) / 7
    observed = sum(2 * (a - b) ** 2 for a, b in zip(values[::2], values[1::2], strict=True))
    assert agreement(casts_of((0, 1, ">>"), (0, 2, ">="))) == pytest.approx(1 - observed / expected)


def test_the_library_is_asked_for(monkeypatch):
    """Without the extra, the message says what to install."""
    monkeypatch.setattr(aggregate, "find_spec", lambda _name: None)
    with pytest.raises(SetupError, match="judge"):
        demand_library()
