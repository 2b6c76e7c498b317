"""Generators of tactics: contracts that hold whatever is tuned."""

import inspect
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofagent.proof.script import normalized
from proofagent.proof.state import Hypothesis, OpenGoal, ProofState, parse_goals
from proofagent.propose import arithmetic, products, tactics
from proofagent.propose.portfolio import WAVES
from proofagent.propose.tactics import fresh, names, used_names

# A busy machine is no failure.
patient = settings(deadline=None)

GENERATORS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": function
    for module in (tactics, arithmetic, products)
    for name, function in inspect.getmembers(module, inspect.isgeneratorfunction)
    if not name.startswith("_") and list(inspect.signature(function).parameters) in (["state"], ["_"])
}
SOURCES = {source.name: source.generate for wave in WAVES for source in wave.sources}

RECORDED = [
    "⊢ ∀ (a b : Nat), a + b = b + a",
    "a b : Nat\n⊢ a + b = b + a",
    "p q : Prop\nh : p ∧ q\nhp : ¬p ∨ q\n⊢ q ∧ p",
    "α : Type u_1\ninst✝ : DecidableEq α\nl : List α\nx✝ : α\nh : ∃ x, x ∈ l\n⊢ l ≠ []",
    "n m : Nat\nh : n % 7 = 3\nhm : m ∣ 12\n⊢ n ^ 2 % 7 = 2",
    "x : Int\nh₀ : 0 ≤ x\nh₁ : x < 10\nh₂ : x * x = 49\n⊢ x = 7",
    "f : Nat → Nat\nhf : ∀ x, f (x + 1) = f x + 1\n⊢ f 3 = f 0 + 3",
    "o : Option Nat\nb : Bool\nx : Nat := 5\n⊢ (if b then o else none) = o ↔ b = true",
    "⊢ (fun x => x + 0) = id",
    "case inl\nx : Nat\nh : ?m.12 = x\n⊢ ?w = x\n\ncase w\n⊢ Nat",
    "xs : List Nat\n⊢ xs.head? = xs[0]?",
    "h : False\n⊢ 2 ^ 10 = 1024",
    "⊢ ¬∃ n, n < 0",
    "n : Nat\nh : 7 ∣ 2 ^ n - 1\nh1 : 1 ^ n * 3 ^ n = 1296\n⊢ 3 ∣ n",
    "x y : Int\nh : x * y * (x + y) = 720\nh1 : x + y + x * y = 80\n⊢ x = 26",
]
STATES = [ProofState(parse_goals(text)) for text in RECORDED]

NAME = st.sampled_from(["a", "n", "h", "h1", "x✝", "inst✝", "ih", "as", "«x y»", "hm", "l", "f"])
ATOM = st.sampled_from(
    [
        "Nat",
        "Int",
        "List Nat",
        "Bool",
        "Prop",
        "Type",
        "n",
        "h",
        "∀ x, ",
        "∃ x, ",
        "∀ {x : Nat} (y : Int), ",
        "¬",
        "→",
        " ∧ ",
        " ∨ ",
        " ↔ ",
        " = ",
        " ≠ ",
        " ∣ ",
        " % 7",
        " ^ 2",
        "12",
        "0",
        "(",
        ")",
        "⟨",
        "⟩",
        "fun x => ",
        "if a then b",
        "Nat.succ n",
        "∀ x ∈ l, ",
        "∀ x < 5, ",
        "?m.1",
        "xs[i]?",
        "",
        " ",
        "∀",
        "2 ^ n",
        "99999999999999999999",
    ]
)
TEXT = st.lists(ATOM, max_size=8).map("".join) | st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20
)
FUZZED = st.lists(
    st.builds(OpenGoal, st.lists(st.builds(Hypothesis, NAME, TEXT), max_size=5).map(tuple), TEXT),
    min_size=1,
    max_size=2,
).map(lambda goals: ProofState(tuple(goals)))


def test_all_generators_are_found() -> None:
    """The tests below see the generators that there are."""
    assert len(GENERATORS) >= 8


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))
def test_generated_tactics_are_steps(name: str, state: ProofState) -> None:
    """Every tactic is normalised text, and the same state gives the same tactics again."""
    found = list(GENERATORS[name](state))
    assert found == list(GENERATORS[name](state))
    assert all(normalized(tactic) == tactic for tactic in found)


@patient
@given(FUZZED)
def test_no_state_makes_a_generator_fail(state: ProofState) -> None:
    """Whatever Lean may print, every generator and source gives tactics that can stand as one step."""
    for generate in (*GENERATORS.values(), *SOURCES.values()):
        for tactic in generate(state):
            assert normalized(tactic)
            assert "\n" not in tactic or normalized(tactic) == tactic


@patient
@given(st.sampled_from(["a", "h", "n"]), st.sets(st.sampled_from(["a", "a1", "a2", "h", "h1", "n3"])))
def test_fresh_names_are_fresh(base: str, used: set[str]) -> None:
    """A fresh name was not used, begins with its base, and is used from then on."""
    before = set(used)
    found = [fresh(base, used) for _ in range(4)]
    assert len({*found} - before) == 4
    assert all(name.startswith(base) for name in found)
    assert used == before | {*found}


@pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))
def test_introduced_names_hide_nothing(state: ProofState) -> None:
    """`intro` and `rename_i` use names that are not those of a hypothesis, each once."""
    taken = {h.name for h in state.main.hypotheses}
    for tactic in tactics.introductions(state):
        head, *found = tactic.split()
        if head in ("intro", "rename_i"):
            assert len(found) == len(set(found))
            assert not taken & set(found)


def test_inaccessible_names_are_never_written() -> None:
    """No tactic holds a dagger: Lean would refuse it."""
    for state in STATES:
        for name, generate in GENERATORS.items():
            assert not any("✝" in tactic for tactic in generate(state)), name


def test_names_are_those_of_the_goal() -> None:
    """Dotted names are whole, and used names are those of hypotheses and of every text."""
    assert {"Nat.succ", "n", "x₁", "h'"} <= names("Nat.succ n = x₁ + h' 3")
    assert {"a", "b"} <= used_names(STATES[1])
    assert not any(re.match(r"\d", name) for name in names("3 + 12"))
