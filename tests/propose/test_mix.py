"""Mixing proposers: what happens to waves, priors and candidates that several of them have."""

import math
from dataclasses import dataclass, field, replace

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.goals.goal import Goal
from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.base import Candidate, Query
from proofagent.propose.mix import Mix, Share, merged

QUERY = Query(
    Goal("t", "theorem t"),
    ProofState(parse_goals("⊢ 1 = 1")),
    depth=3,
    failures={"simp": "no"},
    path=("intro",),
    origin="sketch by m",
)


@dataclass
class Fixed:
    """Proposes a list a wave, and remembers what it was asked and told."""

    waves: list[float]
    lists: list[list[Candidate]]
    asked: list[Query] = field(default_factory=list)
    heard: list[tuple[Candidate, bool]] = field(default_factory=list)

    async def propose(self, query):
        self.asked.append(query)
        await anyio.lowlevel.checkpoint()
        return self.lists[query.wave]

    def learn(self, candidate, *, worked):
        self.heard.append((candidate, worked))


PRIORS = st.floats(-50, 0) | st.sampled_from([-1.0, 0.0])
CANDIDATES = st.builds(
    Candidate,
    st.sampled_from("abcdef"),
    PRIORS,
    st.sampled_from(["x", "y"]),
    block=st.booleans(),
    planned=st.booleans(),
    call=st.sampled_from(["", "c1"]),
)
LISTS = st.lists(st.lists(CANDIDATES, max_size=6), max_size=4)
WEIGHTS = st.floats(0.01, 100)
TEMPERATURES = st.floats(0.1, 20)


def key(candidate):
    return candidate.tactic, candidate.block


def probabilities(candidates):
    return {key(candidate): math.exp(candidate.log_prior) for candidate in candidates}


def asked(mix, wave=0):
    return anyio.run(mix.propose, replace(QUERY, wave=wave))


def mixed(*parts):
    """What a mix proposes whose parts, (list, weight, temperature), have a single wave of equal penalty."""
    return asked(Mix([Share(Fixed([0.0], [list_]), weight, temperature) for list_, weight, temperature in parts]))


@given(LISTS)
def test_what_is_merged_is_there_once(lists):
    """Every tactic comes once, blocks apart from steps, with a probability of 1 at most, the likeliest first."""
    found = merged(lists)
    assert sorted(map(key, found)) == sorted({key(candidate) for list_ in lists for candidate in list_})
    assert all(candidate.log_prior <= 0 for candidate in found)
    assert [c.log_prior for c in found] == sorted((c.log_prior for c in found), reverse=True)


@given(LISTS)
def test_priors_are_added_up(lists):
    """The prior of a candidate is the sum of all priors that it was given, as far as that is a probability."""
    sums = {}
    for candidate in (candidate for list_ in lists for candidate in list_):
        sums[key(candidate)] = sums.get(key(candidate), 0.0) + math.exp(candidate.log_prior)
    assert probabilities(merged(lists)) == pytest.approx({k: min(1.0, p) for k, p in sums.items()})


@given(LISTS)
def test_the_likeliest_lends_its_name(lists):
    """Origin, call and the rest of a candidate are those of the likeliest that has its tactic, the first of equals."""
    for found in merged(lists):
        same = [c for list_ in lists for c in list_ if key(c) == key(found)]
        best = max(same, key=lambda candidate: candidate.log_prior)
        assert replace(found, log_prior=best.log_prior) == best


@given(LISTS)
def test_merging_once_more_changes_nothing(lists):
    """What was merged is as it should be: order, origins and, up to rounding, priors."""
    once = merged(lists)
    twice = merged([once])
    assert [replace(c, log_prior=0) for c in twice] == [replace(c, log_prior=0) for c in once]
    assert [c.log_prior for c in twice] == pytest.approx([c.log_prior for c in once])


@given(LISTS, CANDIDATES)
def test_another_voice_makes_nothing_less_likely(lists, more):
    """A list more never lowers a prior, and raises none but those of its own candidates."""
    before, after = probabilities(merged(lists)), probabilities(merged([*lists, [more]]))
    assert after.keys() == before.keys() | {key(more)}
    assert all(after[k] >= before[k] * (1 - 1e-9) for k in before)
    assert all(after[k] == before[k] for k in before if k != key(more))


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("uvwxyz"), unique=True), PRIORS)
def test_equal_priors_stay_in_order(first, second, prior):
    """Among candidates of equal prior those of the first list come first, each list in its own order."""
    lists = [[Candidate(tactic, prior) for tactic in tactics] for tactics in (first, second)]
    assert [candidate.tactic for candidate in merged(lists)] == first + second


@given(st.lists(CANDIDATES, unique_by=key))
def test_a_proposer_alone_is_left_as_it_is(candidates):
    """With weight and temperature 1, and nobody else in its wave, order and priors are the proposer's own."""
    assert mixed((candidates, 1.0, 1.0)) == candidates
    assert mixed((candidates, 1.0, 1.0), ([], 1.0, 1.0)) == candidates


@given(LISTS.filter(lambda lists: sum(map(bool, lists)) != 1))
def test_weight_and_temperature_of_one_change_no_prior(lists):
    """Where several proposers have something in a wave, it is merged as it is."""
    assert mixed(([], 1.0, 1.0), *((list_, 1.0, 1.0) for list_ in lists)) == merged(lists)


@given(st.lists(CANDIDATES, unique_by=key), WEIGHTS, TEMPERATURES)
def test_tempering_keeps_the_order(candidates, weight, temperature):
    """Weight and temperature move all priors of a proposer the same way: none beyond 1, no two past each other."""
    heaviest = [Candidate("heaviest", 0.0)]
    found = mixed((heaviest, 100.0, 1.0), (candidates, weight, temperature))
    tempered = {key(c): c.log_prior for c in found}
    for candidate in candidates:
        expected = candidate.log_prior / temperature + math.log(weight / 100)
        assert tempered[key(candidate)] == pytest.approx(expected, abs=1e-9)
        assert tempered[key(candidate)] <= 0


@given(CANDIDATES, CANDIDATES, TEMPERATURES)
def test_temperature_brings_priors_together_or_apart(one, other, temperature):
    """p becomes p^(1/temperature): above 1 two priors are more alike than they were, below 1 less."""
    one, other = replace(one, tactic="one"), replace(other, tactic="other")
    found = {c.tactic: c.log_prior for c in mixed(([one, other], 1.0, temperature))}
    assert (found["one"] - found["other"]) * temperature == pytest.approx(one.log_prior - other.log_prior, abs=1e-9)


@given(st.lists(st.tuples(st.lists(CANDIDATES, max_size=4), WEIGHTS, TEMPERATURES), min_size=1, max_size=3), WEIGHTS)
def test_weights_are_relative(parts, factor):
    """All weights times the same number is the same mix."""
    scaled = [(list_, weight * factor, temperature) for list_, weight, temperature in parts]
    assert probabilities(mixed(*scaled)) == pytest.approx(probabilities(mixed(*parts)))


PENALTIES = st.lists(st.sampled_from([0.0, 0.5, 0.9, 1.0, 2.5]), max_size=4, unique=True).map(sorted)


@given(st.lists(PENALTIES, min_size=1, max_size=4))
def test_waves_of_equal_penalty_are_one(penalties):
    """The waves of a mix are those of its parts; each part is asked for each of its own waves once, by its number."""
    parts = [
        Fixed(waves, [[Candidate(f"exact h{part}_{wave}", -1.0)] for wave in range(len(waves))])
        for part, waves in enumerate(penalties)
    ]
    mix = Mix([Share(part) for part in parts])
    assert list(mix.waves) == sorted({penalty for waves in penalties for penalty in waves})
    for wave, penalty in enumerate(mix.waves):
        expected = {f"exact h{n}_{waves.index(penalty)}" for n, waves in enumerate(penalties) if penalty in waves}
        assert {candidate.tactic for candidate in asked(mix, wave)} == expected
    for part in parts:
        assert part.asked == [replace(QUERY, wave=wave) for wave in range(len(part.waves))]
    assert asked(mix, len(mix.waves)) == asked(mix, len(mix.waves) + 5) == []


def test_parts_of_a_wave_are_asked_at_the_same_time():
    """Nobody waits for another part: two that wait for each other both come to an end."""
    first, second = anyio.Event(), anyio.Event()

    class Waiting(Fixed):
        async def propose(self, query):
            mine, other = (first, second) if self.lists[0][0].tactic == "a" else (second, first)
            mine.set()
            await other.wait()
            return await super().propose(query)

    mix = Mix([Share(Waiting([0.0], [[Candidate(tactic, -1.0)]])) for tactic in "ab"])
    assert [candidate.tactic for candidate in asked(mix)] == ["a", "b"]


@given(st.lists(st.tuples(CANDIDATES, st.booleans()), max_size=5))
def test_everyone_hears_what_worked(said):
    """All parts are told of every candidate, whoever proposed it."""
    parts = [Fixed([0.0], [[]]), Fixed([1.0, 2.0], [[], []]), Fixed([], [])]
    mix = Mix([Share(part) for part in parts])
    for candidate, worked in said:
        mix.learn(candidate, worked=worked)
    assert [part.heard for part in parts] == [said] * 3


@pytest.mark.parametrize(("weight", "temperature"), [(0, 1), (-1, 1), (1, 0), (1, -2)])
def test_weights_and_temperatures_are_positive(weight, temperature):
    """Nobody is in a mix without a share; no logarithm and no division goes wrong later."""
    with pytest.raises(ValueError, match="more than 0"):
        Mix([Share(Fixed([0.0], [[]])), Share(Fixed([0.0], [[]]), weight, temperature)])


def test_a_mix_has_parts():
    """A mix of nothing is a mistake."""
    with pytest.raises(ValueError, match="has parts"):
        Mix([])
