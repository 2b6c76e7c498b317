"""What is learned from finished searches: samples, features, the regression, its file, and how good a value is."""

import json
import math
import random
import time
from collections.abc import Callable, Sequence

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.errors import ConfigError
from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.proof.state import Hypothesis, OpenGoal, ProofState, parse_goals
from proofagent.search.learned import FEATURES, LEAST, MOST, LearnedValue, Sample, accuracy, features, samples
from proofagent.search.loop import search
from proofagent.search.settings import SearchResult, Settings
from proofagent.search.strategies import STRATEGIES
from proofagent.search.strategy import by_size
from proofagent.testing.toy import TOY_GOAL, ToyClock, ToyProposer, ToyProver, check
from proofagent.types import Budget

patient = settings(deadline=None, max_examples=50)
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
TOKENS = ["∀ x,", "∃ y,", "(", ")", "[", "]", "⟨", "⟩", "=", "≤", "↔", "∧", "¬", "→", "False", "17", "?m", "Nat", "f"]
TERM = st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join)
GOALS = st.builds(
    OpenGoal,
    st.lists(
        st.builds(Hypothesis, st.sampled_from(["h", "x✝", "«a b»"]), TERM | TEXT, st.none() | TERM), max_size=4
    ).map(tuple),
    TERM | TEXT,
)
STATES = st.builds(ProofState, st.lists(GOALS, min_size=1, max_size=3).map(tuple))
SAMPLES = st.lists(st.builds(Sample, STATES, st.booleans()), max_size=12)
VALUES = st.builds(LearnedValue.fit, SAMPLES, rounds=st.integers(0, 30), decay=st.sampled_from([0.0, 0.01, 10.0]))


def state(text: object) -> ProofState:
    return ProofState(parse_goals(str(text) if "⊢" in str(text) else f"⊢ {text}"))


def run(start: int | str, waves: Sequence[Sequence[str]], most: int = 1_000, **options) -> SearchResult:
    async def main() -> SearchResult:
        budget = Budget(seconds=60.0, candidates=most)
        told = Settings(**options)
        return await search(TOY_GOAL, ToyProver(start), ToyProposer(waves), budget, settings=told, clock=ToyClock())

    return anyio.run(main)


def met(result: SearchResult) -> dict[str, bool]:
    return {sample.state.key: sample.proved for sample in samples(result.graph)}


def test_a_search_tells_what_was_proved_and_what_was_tried_in_vain() -> None:
    """0 fails, 1, 2 and 4 are proved; each state is there once, without those that nobody came to."""
    assert met(run(4, [["trap", "halve", "done"]])) == {"⊢ 4": True, "⊢ 0": False, "⊢ 2": True, "⊢ 1": True}
    assert met(run(6, [["done", "halve"]])) == {"⊢ 6": False, "⊢ 3": False}


def test_what_nobody_worked_on_says_nothing() -> None:
    """A budget that ends after one step leaves its child out, and the root, at which nothing failed."""
    assert met(run(8, [["halve"]], most=1)) == {}
    assert met(run(8, [["done", "halve"]], most=2)) == {"⊢ 8": False}


def test_a_state_that_is_several_goals_is_proved_where_one_of_them_is() -> None:
    """Without merging, the same state may be proved at one place and given up at another."""
    for proved_first in (True, False):
        graph = ProofGraph(state("root"), merge=False)
        step = graph.add_step(ROOT, "split", (state("a"), state("a"), state("b")))
        assert step is not None
        one, other, _ = step.children if proved_first else (step.children[1], step.children[0], 0)
        graph.add_step(one, "done", ())
        graph.add_failure(other, "done", "not this one")
        assert [(each.state.key, each.proved) for each in samples(graph)] == [("⊢ a", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("⊢ False", {"is False": 1, "size of the target": 5, "distinct symbols": 1, "goals": 1}),
        ("⊢ ∀ x, ∃ y, x < y → ¬(y ≤ x ∧ p)", {"quantifiers": 2, "arrows": 1, "connectives": 2, "is an inequality": 0}),
        ("x : Nat\nh✝ : x = 2\n⊢ x ≠ 3", {"hypotheses": 2, "inaccessible hypotheses": 1, "is an inequality": 1}),
        ("n : Nat := 5\n⊢ f ((n)) = [n]", {"size of the hypotheses": 4, "nesting of brackets": 2, "is an equation": 1}),
        ("⊢ (a = b) ↔ c", {"is an equivalence": 1, "is an equation": 0, "has a metavariable": 0}),
        ("⊢ ?m = 1\n\n⊢ False", {"goals": 2, "has a metavariable": 1, "is False": 1, "is an equation": 1}),
    ],
)
def test_features_are_what_their_names_say(text: str, expected: dict[str, int]) -> None:
    """Each is log(1 + n) of what can be counted by hand."""
    found = features(state(text))
    assert {name: round(math.expm1(found[name]), 6) for name in expected} == expected


@patient
@given(STATES)
def test_features_are_the_same_finite_numbers_for_any_state(any_state: ProofState) -> None:
    """Every state has all of them, in one order; none is negative."""
    found = features(any_state)
    assert tuple(found) == FEATURES
    assert all(0.0 <= number < 25.0 for number in found.values())


@patient
@given(VALUES, STATES)
def test_a_value_is_a_probability_for_any_state(value: LearnedValue, any_state: ProofState) -> None:
    """It is never 0 or 1, whatever it was learned from."""
    assert 0.0 < LEAST <= value(any_state) <= MOST < 1.0


@patient
@given(VALUES, st.lists(STATES, max_size=4))
def test_what_was_dumped_is_loaded_to_the_last_bit(value: LearnedValue, states: list[ProofState]) -> None:
    """The file loses nothing, and is the same for the same value."""
    loaded = LearnedValue.load(value.dump())
    assert loaded == value
    assert loaded.dump() == value.dump()
    assert [loaded(each) for each in states] == [value(each) for each in states]


@patient
@given(SAMPLES, st.randoms(use_true_random=False))
def test_what_is_learned_does_not_depend_on_the_order(found: list[Sample], chance: random.Random) -> None:
    """The same samples give the same weights, not only nearly so."""
    shuffled = chance.sample(found, len(found))
    assert (
        LearnedValue.fit(found, rounds=20)
        == LearnedValue.fit(shuffled, rounds=20)
        == LearnedValue.fit(found, rounds=20)
    )


@patient
@given(SAMPLES)
def test_learning_lowers_the_penalised_loss(found: list[Sample]) -> None:
    """Many rounds are at least as good as the constant on what was learned from, up to what clamping costs."""
    constant = LearnedValue.fit(found, rounds=0)
    learned = LearnedValue.fit(found, rounds=100)
    assert accuracy(learned, found).log_loss <= accuracy(constant, found).log_loss - math.log(MOST) + 1e-9


@pytest.mark.parametrize(("proved", "failed"), [(0, 0), (3, 0), (0, 4), (1_000, 0), (0, 1_000)])
def test_samples_of_one_kind_teach_their_share(proved: int, failed: int) -> None:
    """By Laplace's rule of succession, within the bounds of every value; nothing but the bias has a weight."""
    found = [Sample(state(n), n < proved) for n in range(proved + failed)]
    value = LearnedValue.fit(found)
    assert (
        value(state("x = y"))
        == value(state(1))
        == pytest.approx(min(MOST, max(LEAST, (proved + 1) / (proved + failed + 2))))
    )
    assert not any(weight for name, weight in value.weights.items() if name != "bias")


def test_weights_say_what_helps() -> None:
    """Equations are proved here and inequalities are not; all else is the same for both, or by chance."""
    found = [Sample(state(f"a{n} {sign} b{n}"), sign == "=") for n in range(20) for sign in "=<"]
    value = LearnedValue.fit(found)
    assert tuple(value.weights) == FEATURES
    assert value.weights["is an equation"] > 0.5 > -0.5 > value.weights["is an inequality"]
    assert abs(value.weights["size of the target"]) < 1e-9
    assert value.weights["hypotheses"] == 0.0
    assert value(state("c = d")) > 0.9
    assert value(state("c < d")) < 0.1


def test_decay_draws_weights_to_nothing() -> None:
    """With much of it only the share of proved states is left."""
    found = [Sample(state("a = b"), True), Sample(state("a = c"), True), Sample(state("a < b"), False)]
    heavy = LearnedValue.fit(found, decay=1e6, rounds=1_000)
    assert all(abs(weight) < 1e-3 for name, weight in heavy.weights.items() if name != "bias")
    assert heavy(state("a = b")) == pytest.approx(3 / 5, abs=0.01)
    assert max(LearnedValue.fit(found).weights.values()) > 0.5


@pytest.mark.parametrize(
    "wrong", [{"rounds": -1}, {"rate": 0.0}, {"rate": 1.5}, {"rate": math.nan}, {"decay": -1.0}, {"decay": math.inf}]
)
def test_numbers_with_which_nothing_is_learned_are_refused(wrong: dict[str, float]) -> None:
    """The message says which ones would do."""
    with pytest.raises(ConfigError, match=r"rounds of 0 or more, a rate in \(0, 1\] and a decay of 0 or more"):
        LearnedValue.fit([], **wrong)


MISLEADING = [["trap", "done", "halve"]]


def family(starts: Sequence[int], **options) -> list[Sample]:
    return [sample for start in starts for sample in samples(run(start, MISLEADING, **options).graph)]


def test_it_learns_what_size_does_not_show() -> None:
    """A trap leaves the smallest of all goals, which cannot be proved; larger ones can. Judged on other searches."""
    value = LearnedValue.fit(family([64, 512, 2**13, 2**17]))
    unseen = family([32, 2**11, 2**16, 2**20])
    learned, size = accuracy(value, unseen), accuracy(by_size, unseen)
    assert size.auc < 0.25
    assert learned.auc > 0.75
    assert learned.log_loss < size.log_loss


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("workers", [1, 3])
def test_a_search_with_a_learned_value_proves(name: str, workers: int) -> None:
    """By every strategy; and the value is what the graph begins with."""
    value = LearnedValue.fit(family([64, 512]))
    result = run(2**10, MISLEADING, strategy=STRATEGIES[name], workers=workers, value=value)
    assert result.end == "complete"
    assert check(2**10, result.script)
    assert all(node.estimate == value(node.state) for node in result.graph.goals.values())
    result.graph.check()


def ranked(numbers: Sequence[tuple[int, bool]]) -> tuple[list[Sample], dict[str, int]]:
    found = [Sample(state(f"s{place}"), proved) for place, (_, proved) in enumerate(numbers)]
    return found, {each.state.key: number for each, (number, _) in zip(found, numbers, strict=True)}


RANKED = st.lists(st.tuples(st.integers(1, 99), st.booleans()), max_size=20)
MAPS: list[Callable[[float], float]] = [lambda x: x / 100, lambda x: (x / 100) ** 3, lambda x: 1 - 1 / x / 2, math.log]


@given(RANKED, st.sampled_from(MAPS))
def test_auc_depends_on_the_order_alone(numbers: list[tuple[int, bool]], change: Callable[[float], float]) -> None:
    """It is the share of pairs that are in order, ties half, and stays so under any increasing map."""
    found, value = ranked(numbers)
    auc = accuracy(lambda each: value[each.key] / 100, found).auc
    pairs = [(n > m) + (n == m) / 2 for n, proved in numbers if proved for m, other in numbers if not other]
    assert auc == pytest.approx(sum(pairs) / len(pairs) if pairs else 0.5)
    assert accuracy(lambda each: change(value[each.key]), found).auc == auc


@given(st.lists(st.integers(51, 99), min_size=1), st.lists(st.integers(1, 49), min_size=1))
def test_auc_of_what_is_told_apart_is_one(proved: list[int], failed: list[int]) -> None:
    """And 0 for the reverse."""
    found, value = ranked([(n, True) for n in proved] + [(n, False) for n in failed])
    assert accuracy(lambda each: value[each.key] / 100, found).auc == 1.0
    assert accuracy(lambda each: 1 - value[each.key] / 100, found).auc == 0.0


@given(SAMPLES, st.floats(0.01, 1.0))
def test_a_constant_tells_nothing_apart(found: list[Sample], constant: float) -> None:
    """Its AUC is 1/2."""
    assert accuracy(lambda _: constant, found).auc == 0.5


def test_log_loss_is_that_of_what_came_true() -> None:
    """The mean of -log p; certainty that was wrong costs much, but not everything, and no samples cost nothing."""
    yes, no = Sample(state(1), True), Sample(state(0), False)
    assert accuracy(lambda _: 0.25, [yes, no]).log_loss == pytest.approx(-(math.log(0.25) + math.log(0.75)) / 2)
    assert 20.0 < accuracy(lambda _: 1.0, [no]).log_loss < 30.0
    assert accuracy(by_size, []).log_loss == 0.0


def changed(**changes: object) -> str:
    """A good file with changes in its first term, or at the top where they are no fields of a term."""
    value = json.loads(LearnedValue.fit([]).dump())
    for name, new in changes.items():
        (value["terms"][0] if name in ("name", "weight", "mean", "scale", "more") else value)[name] = new
    return json.dumps(value)


HOSTILE = {
    "empty": "",
    "no JSON": "weights: 1",
    "cut off": LearnedValue.fit([]).dump()[:-20],
    "another thing": "[1, 2]",
    "deep": "[" * 100_000,
    "half a surrogate pair": '{"version": "\ud800"}',
    "no version": '{"terms": []}',
    "a later version": changed(version=2),
    "a version in words": changed(version="1"),
    "more fields": changed(code="import os"),
    "more fields of a term": changed(more=1),
    "no number": changed(weight="1.0"),
    "not a number": changed(weight=math.nan),
    "infinite": changed(mean=-math.inf),
    "huge": changed(weight=1e300),
    "many digits": changed(weight=0).replace('"weight": 0,', '"weight": ' + "9" * 5_000 + ",", 1),
    "a scale of nothing": changed(scale=0.0),
    "a negative scale": changed(scale=-1.0),
    "no terms": changed(terms=[]),
    "an unknown feature": changed(name="luck"),
    "too few features": changed(terms=json.loads(LearnedValue.fit([]).dump())["terms"][1:]),
    "a feature twice": changed(terms=json.loads(LearnedValue.fit([]).dump())["terms"][:1] * len(FEATURES)),
    "a field with lines": changed(**{"a\nb" * 1_000: 1}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_learned_value_is_refused(name: str) -> None:
    """In one line that says what to do."""
    with pytest.raises(ConfigError, match=r"learn it anew with LearnedValue\.fit") as caught:
        LearnedValue.load(HOSTILE[name])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_refused_in_one_way(text: str) -> None:
    """No file brings anything but a `ConfigError`."""
    with pytest.raises(ConfigError):
        LearnedValue.load(text)


@patient
@given(STATES, st.sampled_from([-1e6, 1e6]), st.sampled_from([-1e6, 0.0, 1e6]), st.sampled_from([1e-6, 1e6]))
def test_the_worst_file_that_is_read_still_gives_probabilities(
    any_state: ProofState, weight: float, mean: float, scale: float
) -> None:
    """Nothing overflows within the bounds of the file, be its weights as absurd as they may."""
    file = json.loads(LearnedValue.fit([]).dump())
    for place, term in enumerate(file["terms"]):
        term |= {"weight": weight * (-1) ** place, "mean": mean, "scale": scale}
    assert LEAST <= LearnedValue.load(json.dumps(file))(any_state) <= MOST


def test_a_large_state_is_judged_at_once() -> None:
    """The time is bounded by the size of the text, with no more than a glance at a long target."""
    large = ProofState((OpenGoal((Hypothesis("h", "x = y ∧ " * 20_000),), "∀ x, (f x = " * 20_000),))
    value = LearnedValue.fit([])
    began = time.perf_counter()
    value(large)
    assert time.perf_counter() - began < 10
