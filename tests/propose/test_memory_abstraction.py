"""Tactics without names, and with other names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.state import ProofState, parse_goals
from proofagent.propose.memory.abstraction import MOST_CHARACTERS, Abstract, Place, abstracted, instances

NUMBERS = "a b : Nat\nh₀ : a = b\nh₁ : a < 3\nih : ∀ k, k < a\n⊢ b = a"


def place(text: str) -> Place:
    return Place.of(ProofState(parse_goals(text)).main)


def moved(tactic: str, before: str, after: str, most: int = 1) -> list[str]:
    abstract = abstracted(tactic, place(before))
    assert abstract is not None
    return [found.tactic for found in instances(abstract, place(after), most)]


TYPES = st.sampled_from(["Nat", "List Nat", "a = b", "x < 3", "∀ n, n = n", "p ∧ q", "Nat → Nat", "α"])
LOCAL = st.sampled_from(["a", "b", "h", "h₁", "ih", "xs", "x✝", "hx'", "α", "«odd name»", "this"])
WORDS = st.one_of(
    st.sampled_from(["a", "b", "h", "h₁", "ih", "xs", "hx'", "α", "«odd name»", "this", "h.symm", "xs.length"]),
    st.sampled_from(["Nat.lt_of_lt", ".symm", "exact", "simp", "at", "succ", "new", "with", "fun", "intro", "obtain"]),
    st.sampled_from(["[", "]", "⟨", "⟩", "(", ")", ":=", "|", "=>", "<;>", ",", "·", "←", "\n  ", "3", '"h"', "have"]),
)


@given(st.lists(st.tuples(LOCAL, TYPES), max_size=8, unique_by=lambda pair: pair[0]), st.lists(WORDS, max_size=12))
def test_at_its_own_state_a_tactic_comes_back(hypotheses, words):
    """Abstraction and instantiation are inverse where names are distinct, and fit perfectly."""
    here = place("\n".join([*(f"{name} : {type_}" for name, type_ in hypotheses), "⊢ a = b"]))
    tactic = " ".join(words)
    abstract = abstracted(tactic, here)
    assert abstract is not None
    first = instances(abstract, here, 3)[0]
    assert first.tactic == tactic
    assert first.fit == pytest.approx(1)


@pytest.mark.parametrize(
    ("tactic", "text"),
    [
        ("exact h₀.symm", "exact ‹0›.symm"),
        ("exact Nat.lt_of_lt h₁", "exact Nat.lt_of_lt ‹0›"),
        ("rw [h₀, ← h₀] at h₁", "rw [‹0›, ← ‹0›] at ‹1›"),
        ("exact h₀.1.symm", "exact ‹0›.1.symm"),
        ("apply foo (a := b)", "apply foo (a := ‹0›)"),
        (
            "induction a with | zero => ?_ | succ n ih' => ?_",
            "induction ‹0› with | zero => ?_ | succ ‹new 0› ‹new 1› => ?_",
        ),
        ("rcases h₀ with h₀ | h₀", "rcases ‹0› with ‹0› | ‹0›"),
        ("omega", "omega"),
        ("intro x\nsimp at x", "intro ‹new 0›\nsimp at ‹new 0›"),
        ("constructor <;> intro x y <;> simp", "constructor <;> intro ‹new 0› ‹new 1› <;> simp"),
        ("rcases h₀ with x | ⟨y, rfl⟩", "rcases ‹0› with ‹new 0› | ⟨‹new 1›, rfl⟩"),
        ("ext\nsimp", "ext\nsimp"),
        ('simp "h₀"', 'simp "h₀"'),
    ],
)
def test_names_of_hypotheses_are_left_out_and_no_others(tactic, text):
    """First components of names count; fields, arguments by name, strings and library names do not."""
    found = abstracted(tactic, place(NUMBERS))
    assert found is not None
    assert found.text == text


def test_a_name_goes_to_a_hypothesis_of_the_same_shape():
    """An equation for an equation, whatever it is called and wherever it stands."""
    assert moved("exact h₀.symm", NUMBERS, "x : Nat\nlt : x < 2\neq : x = 1\n⊢ 1 = x") == ["exact eq.symm"]


def test_a_variable_goes_to_one_of_the_same_type():
    """Induction over a number is none over a list."""
    assert moved("cases a", NUMBERS, "xs : List Nat\nk : Nat\n⊢ k = k") == ["cases k"]


def test_a_variable_of_the_target_comes_first():
    """What the target speaks of stands for what the target spoke of."""
    assert moved("cases a", NUMBERS, "m k i : Nat\n⊢ k = 3", 3)[0] == "cases k"


def test_without_a_hypothesis_of_the_shape_there_is_nothing():
    """A tactic whose names stand for nothing is not proposed."""
    assert moved("exact h₀.symm", NUMBERS, "x : Nat\nlt : x < 2\n⊢ 1 = x") == []


def test_two_names_are_two_hypotheses():
    """Different names never become the same one."""
    two = "p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q"
    assert all(len(set(t.split()[1:])) == 2 for t in moved("foo hp hq", two, "r s : Prop\nx : r\ny : s\n⊢ r ∧ s", 5))
    assert moved("foo hp hq", two, "r : Prop\nx : r\n⊢ r ∧ r") == []


def test_several_ways_come_with_the_best_first():
    """As many as are asked for, each once, with a fit that falls."""
    abstract = abstracted("rw [h₀]", place(NUMBERS))
    found = instances(abstract, place("x y : Nat\ne : x = 1\nf : x = y\ng : 2 = 3\n⊢ x = y"), 2)
    assert [instance.tactic for instance in found] == ["rw [f]", "rw [e]"]
    assert found[0].fit > found[1].fit


def test_new_names_are_kept_and_made_fresh_where_they_clash():
    """`n` brought in becomes `n1` where a hypothesis is called `n`, everywhere in the tactic."""
    tactic = "obtain ⟨n, hn⟩ := ih; exact foo n hn"
    before, after = "ih : ∃ n, n = 1\n⊢ p", "n : Nat\nex : ∃ m, m = 1\n⊢ p"
    assert moved(tactic, before, before) == [tactic]
    assert moved(tactic, before, after) == ["obtain ⟨n1, hn⟩ := ex; exact foo n1 hn"]


@pytest.mark.parametrize(
    ("tactic", "expected"),
    [
        ("intro z", "intro z1"),
        ("have z : p := q z", "have z1 : p := q z1"),
        ("cases a with | zero => simp | succ z => exact z", "cases k with | zero => simp | succ z1 => exact z1"),
        ("exact fun z => z", "exact fun z1 => z1"),
        ("by_cases z : p", "by_cases z1 : p"),
        ("rintro ⟨y, z | z⟩", "rintro ⟨y, z1 | z1⟩"),
        ("simp [z]", "simp [z]"),
    ],
)
def test_names_that_are_brought_in_are_known_by_where_they_stand(tactic, expected):
    """Behind the words that bring names in; a name in a list of lemmas is not new."""
    assert moved(tactic, "a : Nat\n⊢ p", "k : Nat\nz : List Nat\n⊢ p") == [expected]


def test_hidden_hypotheses_are_not_named():
    """What ends in ✝ stands for nothing; of two with one name the newer one is meant."""
    assert moved("cases a", "a : Nat\n⊢ p", "x✝ : Nat\n⊢ p") == []
    here = place("h : a = b\nh : Nat\n⊢ p")
    assert [slot.shape for slot in here.slots] == ["Nat"]


@pytest.mark.parametrize("tactic", ["exact /- no end", 'simp "no end', "x" * (MOST_CHARACTERS + 1)])
def test_what_cannot_be_read_is_not_abstracted(tactic):
    """Unclosed comments and strings, and texts that are too long, give nothing."""
    assert abstracted(tactic, place(NUMBERS)) is None


def test_a_hypothesis_of_a_hundred_that_is_not_looked_at_is_not_left_in_the_text():
    """A tactic keeps no name of its own state: rather it is not remembered."""
    here = place("\n".join(f"v{number} : Nat" for number in range(100)) + "\n⊢ p")
    assert abstracted("cases v3", here) is None
    assert abstracted("cases v99", here) is not None


def test_many_alike_names_cost_little():
    """Twelve names among sixty of one type: no search without end, and nothing where there are too few."""
    names = [f"v{number}" for number in range(12)]
    few = place("\n".join(f"{name} : Nat" for name in names) + "\n⊢ p")
    many = place("\n".join(f"w{number} : Nat" for number in range(60)) + "\n⊢ p")
    abstract = abstracted("foo " + " ".join(names), few)
    assert len(instances(abstract, many, 2)) == 2
    assert instances(abstract, place("\n".join(f"w{number} : Nat" for number in range(11)) + "\n⊢ p")) == []


@pytest.mark.parametrize("piece", [0, -1, 7])
def test_numbers_that_stand_for_nothing_are_refused(piece):
    """A row that was tampered with does not become a tactic."""
    with pytest.raises(ValueError, match="stands for nothing"):
        Abstract(("x ", piece))
