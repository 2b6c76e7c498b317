"""When two goals are the same work: bound names, order, variables that nobody uses, and when a script fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.proof.canonical import fits, form, without_bound_names
from proofagent.proof.graph import ROOT, ProofGraph
from proofagent.proof.state import ProofState, parse_goals


def state(text: str) -> ProofState:
    return ProofState(parse_goals(text))


BASE = "n m : Nat\nh : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n"
SAME = {
    "other bound names": "n m : Nat\nh : n = m\nih : ∀ (j : Nat), j < n → P j\n⊢ ∃ y, y = n",
    "another order": "n : Nat\nih : ∀ (k : Nat), k < n → P k\nm : Nat\nh : n = m\n⊢ ∃ x, x = n",
    "a variable more": "n m : Nat\nxs : List Nat\nh : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
}
OTHER = {
    "another target": "n m : Nat\nh : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = m",
    "a hypothesis less": "n m : Nat\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
    "a hypothesis more": "n m : Nat\nh : n = m\nh2 : n < m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
    "another name of a hypothesis": "n m : Nat\nh1 : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
    "another type of a variable": "n : Nat\nm : Int\nh : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
    "free where the other is bound": "n m : Nat\nh : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, n = n",
    "no name": "n m : Nat\nh✝ : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
    "a let": "n m : Nat\nz : Nat := n\nh : n = m\nih : ∀ (k : Nat), k < n → P k\n⊢ ∃ x, x = n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_the_same_work_is_one_node(text):
    """A script for the goal that was met first fits the other."""
    assert form(state(text)) == form(state(BASE))
    assert fits(state(BASE), state(text))
    graph = ProofGraph(state("⊢ start"))
    first, second = (graph.add_step(ROOT, tactic, (state(goal),)) for tactic, goal in (("a", BASE), ("b", text)))
    assert first.children == second.children
    graph.check()


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER.keys())
def test_other_work_is_another_node(text):
    """Whatever differs in a way that a tactic could see."""
    graph = ProofGraph(state("⊢ start"))
    first, second = (graph.add_step(ROOT, tactic, (state(goal),)) for tactic, goal in (("a", BASE), ("b", text)))
    assert first.children != second.children


def test_a_goal_that_lacks_a_name_is_another_node():
    """A script for the goal that was met first may name the variable that the other one does not have."""
    graph = ProofGraph(state("⊢ start"))
    more = SAME["a variable more"]
    first, second = (graph.add_step(ROOT, tactic, (state(goal),)) for tactic, goal in (("a", more), ("b", BASE)))
    assert first.children != second.children
    assert not fits(state(more), state(BASE))


def test_without_merging_only_what_leads_back_is_known():
    """Equal goals on two ways are two nodes; a step back to a goal on its own way is refused all the same."""
    graph = ProofGraph(state("⊢ start"), merge=False)
    first, second = (graph.add_step(ROOT, tactic, (state("⊢ goal"),)) for tactic in "ab")
    assert first.children != second.children
    assert graph.add_step(first.children[0], "back", (state("⊢ start"),)) is None
    assert graph.add_step(first.children[0], "on", (state("⊢ further"),)) is not None
    graph.check()


def test_coupled_goals_are_told_apart_by_their_text():
    """Renaming what they share would change both."""
    coupled = state("n : Nat\n⊢ ?m = n\n\nn : Nat\n⊢ ∀ x, x = ?m")
    assert form(coupled) == coupled.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("∀ x, P x → ∃ y : Nat, y = x", "∀ y, P y → ∃ z : Nat, z = y"),
        ("(∀ x y, x < y) ∧ x = 1", "(∀ a b, a < b) ∧ x = 1"),
        ("List.map (fun a => a.succ) l", "List.map (fun b => b.succ) l"),
        ("∀ x ∈ l, p x", "∀ y ∈ l, p y"),
        ("∀ {α : Type} (x : α), x = x", "∀ {β : Type} (y : β), y = y"),
    ],
)
def test_bound_names_do_not_count(one, other):
    """Nor does what they are taken for."""
    assert (without_bound_names(one) == without_bound_names(other)) == (not one.startswith("∀ {"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("∀ x, ∀ y, x = y", "∀ x, ∀ y, y = x"),
        ("∀ x, x = z", "∀ x, x = w"),
        ("(∀ x, P x) ∧ Q x", "(∀ y, P y) ∧ Q y"),
        ("∀ x, x.1 = 1", "∀ x, x.2 = 1"),
        ("fun x => y.x", "fun z => y.z"),
        ("∀ n, f n' = n", "∀ m, f m' = m"),
    ],
)
def test_what_differs_otherwise_stays_different(one, other):
    """Free names, places, fields, and names that only begin like a bound one."""
    assert without_bound_names(one) != without_bound_names(other)


TERMS = st.recursive(
    st.sampled_from(["a", "b", "x", "y", "0", "f x", "y.succ"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["∀ x, ", "∃ y, ", "fun x => ", "∀ x y, "]), inner).map("({0[0]}{0[1]})".format),
        st.tuples(inner, st.sampled_from(["=", "∧", "→"]), inner).map("({0[0]} {0[1]} {0[2]})".format),
    ),
    max_leaves=12,
)


@given(TERMS)
def test_numbering_bound_names_keeps_everything_else(text):
    """The shape of the text stays: each number stands for one name, and free names stay what they are."""
    numbered = without_bound_names(text)
    assert without_bound_names(numbered) == numbered
    assert [c for c in numbered if c in "()∀∃→∧=,"] == [c for c in text if c in "()∀∃→∧=,"]
