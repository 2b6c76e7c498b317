"""What a state looks like, and how similar states are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.state import OpenGoal, ProofState, parse_goals
from proofagent.propose.memory import shapes
from proofagent.propose.memory.features import features, similarity, weight

NAMES = st.sampled_from(["a", "b", "n", "h", "xs", "ih"])
TERMS = st.recursive(
    st.sampled_from(["a", "n", "0", "1", "17", "xs", "Nat.succ n", "[]", "True"]),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "*", "=", "∧", "→", "++", "<"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=8,
)
STATES = st.builds(
    lambda hypotheses, target: ProofState(
        parse_goals("\n".join([*(f"{n} : {t}" for n, t in hypotheses), f"⊢ {target}"]))
    ),
    st.lists(st.tuples(NAMES, st.one_of(st.just("Nat"), TERMS)), max_size=4),
    TERMS,
)


def of(text: str) -> frozenset[str]:
    return features(ProofState(parse_goals(text)))


def shape(text: str) -> str:
    return shapes.shape(shapes.tokens(text, {}))


@given(STATES, STATES, st.integers(1, 50))
def test_similarity_is_symmetric_within_bounds_and_one_for_equals(one, other, states):
    """The laws of the weighted Jaccard index hold for any weights of the memory."""
    mine, its = features(one), features(other)
    weights = {feature: weight(feature, states, len(feature) % states) for feature in mine | its}
    assert mine
    assert similarity(mine, its, weights) == similarity(its, mine, weights)
    assert 0 <= similarity(mine, its, weights) <= 1
    assert similarity(mine, mine, weights) == 1
    assert (similarity(mine, its, weights) == 1) == (mine == its)


def test_names_of_variables_are_in_no_feature():
    """Two states that differ in names only look the same."""
    assert of("n : Nat\nh : n = 0\n⊢ ∀ m, n + m = m") == of("k : Nat\neq : k = 0\n⊢ ∀ j, k + j = j")


def test_types_of_variables_are_in_features():
    """A number is no list."""
    assert of("n : Nat\n⊢ n = n") != of("n : List Nat\n⊢ n = n")


def test_numbers_count_by_class():
    """17 is like 19, and neither is like 0."""
    assert of("⊢ f 17 = 0") == of("⊢ f 19 = 0") != of("⊢ f 0 = 0")


def test_the_target_and_hypotheses_are_told_apart():
    """What is supposed is not what is to be proved."""
    assert of("n : Nat\nh : n < 3\n⊢ n = 2") != of("n : Nat\nh : n = 2\n⊢ n < 3")


def test_the_target_counts_more_than_hypotheses():
    """A state with the same target is nearer than one with the same hypothesis."""
    here = of("n : Nat\nh : n < 3\n⊢ n * n = n")
    same_target = of("n : Nat\nh : n ∣ 5\n⊢ n * n = n")
    same_hypothesis = of("n : Nat\nh : n < 3\n⊢ n ∣ 5")
    assert similarity(here, same_target, {}) > similarity(here, same_hypothesis, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b = c", "_ = _"),
        ("(a ∧ b) ∨ c = d", "_ ∨ _"),
        ("a = b ∧ c ↔ d", "_ ↔ _"),
        ("a → b ∨ c", "→"),
        ("¬a = b", "¬ _ = _"),
        ("¬(a ∧ b)", "¬ _ ∧ _"),
        ("∀ (n : Nat), n = n", "∀ _ = _"),
        ("∃ x, ∀ y, x ≤ y", "∃ ∀ _ ≤ _"),
        ("(a = b)", "_ = _"),
        ("List.Mem x xs", "List.Mem"),
        ("a ∧ ∀ n, n = 0 → b", "_ ∧ _"),
        ("Nat", "Nat"),
        ("", "_"),
        (")(", ")"),
    ],
)
def test_the_shape_of_a_term(text, expected):
    """Connectives from the loosest on, then relations, then what is applied; brackets around all do not count."""
    assert shape(text) == expected


def test_sides_of_a_relation_are_known_by_what_made_them():
    """`-x` has one operand, and what stands in brackets was made before."""
    assert shapes.sides(shapes.tokens("a * (b + 1) = -c", {})) == ("*", "=", "-")
    assert shapes.sides(shapes.tokens("f x ++ ys = (g y)", {})) == ("++", "=", "g")
    assert shapes.sides(shapes.tokens("a ∧ b", {})) is None


def test_more_goals_are_seen():
    """A state with a second goal is another state."""
    goal = OpenGoal((), "1 = 1")
    assert features(ProofState((goal,))) != features(ProofState((goal, goal)))


@given(st.text(max_size=60))
def test_any_text_has_features(text):
    """Whatever stands in a target or a type, there are features and no errors."""
    found = features(ProofState(parse_goals(f"h : {text}\n⊢ {text}") or (OpenGoal((), text),)))
    assert found
    assert len(found) <= 200


def test_a_large_state_costs_little():
    """Targets and hypotheses without end are looked at in part."""
    hypotheses = "\n".join(f"h{n} : {'x + ' * 3000}1 = {n}" for n in range(100))
    state = ProofState(parse_goals(f"{hypotheses}\n⊢ {'(' * 50_000} y"))
    began = time.process_time()
    assert len(features(state)) <= 200
    assert time.process_time() - began < 20
