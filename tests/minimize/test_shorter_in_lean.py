"""Small theorems that Lean lets become shorter, by moves that need more than leaving text out or a closing tactic."""

import pytest

from proofagent.check.gate import Claim
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.driver import Minimizer
from proofagent.minimize.edits import challenge, places

pytestmark = pytest.mark.lean

LEMMAS = """\
def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

def twice : List Nat → List Nat
  | [] => []
  | x :: xs => x :: x :: twice xs

theorem total_append (l m : List Nat) : total (l ++ m) = total l + total m := by
  induction l
  · simp [total]
  · simp [total, *, Nat.add_assoc]

theorem total_twice (l : List Nat) : total (twice l) = 2 * total l := by
  induction l
  · rfl
  · simp [twice, total]
    omega

"""

REPEAT = """\
theorem t (a b c d : List Nat) : total (a ++ (b ++ (c ++ d))) = total a + (total b + (total c + total d)) := by
  rw [total_append]
  rw [total_append]
  rw [total_append]
"""

CALC = """\
theorem t (a b : List Nat) : total (twice (a ++ b)) = 2 * (total a + total b) := by
  calc total (twice (a ++ b)) = 2 * total (a ++ b) := by rw [total_twice]
    _ = 2 * (total a + total b) := by rw [total_append]
"""

SHARE = """\
theorem t (l : List Nat) (p q r : Prop) (h : p ∨ q) (f : p → total (twice l) = 2 * total l → r)
    (g : q → total (twice l) = 2 * total l → r) : r := by
  cases h with
  | inl x =>
    have one : total (twice l) = 2 * total l := by
      rw [total_twice]
    exact f x one
  | inr y =>
    have other : total (twice l) = 2 * total l := by
      rw [total_twice]
    exact g y other
"""

ALIKE = """\
theorem t (l m : List Nat) : total (twice (l ++ l)) + total (twice (m ++ m)) = 4 * total l + 4 * total m := by
  have one : total (twice (l ++ l)) = 2 * (total l + total l) := by
    rw [total_twice]
    rw [total_append]
  have other : total (twice (m ++ m)) = 2 * (total m + total m) := by
    rw [total_twice]
    rw [total_append]
  omega
"""

EXISTS = """\
theorem t (l : List Nat) : ∃ n, total (twice l) = 2 * n := by
  refine ⟨total l, ?_⟩
  rw [total_twice]
"""

CASES = """\
theorem t (l : List Nat) (p : Nat → Prop) (z : p 0) (w : p 2) (h : l = [] ∨ l = [1]) : p (total (twice l)) := by
  cases h with
  | inl a =>
    rw [a]
    exact z
  | inr b =>
    rw [b]
    exact w
"""

PROJECT = """\
theorem t (l : List Nat) (k : Nat) (h : total l = 3 ∧ k = 6) : total (twice l) = k := by
  obtain ⟨u, v⟩ := h
  rw [total_twice, u, v]
"""

SIMPA = """\
theorem t (l : List Nat) (p : Nat → Prop) (f : ∀ l, p (total (twice l))) : p (2 * total l) := by
  have q := f l
  simp [total_twice] at q
  exact q
"""

RWA = """\
theorem t (l : List Nat) (p : Nat → Prop) (h : p (total (twice l))) : p (2 * total l) := by
  rw [total_twice] at h
  exact h
"""


@pytest.mark.parametrize(
    ("theorem", "most"),
    [
        pytest.param(REPEAT, 6, id="equal rewritings become a loop"),
        pytest.param(CALC, 7, id="a calc becomes one rewriting"),
        pytest.param(SHARE, 31, id="a fact of two branches is stated once"),
        pytest.param(ALIKE, 11, id="facts that differ in a name go together"),
        pytest.param(EXISTS, 8, id="a pair with a hole becomes exists"),
        pytest.param(CASES, 15, id="named cases become a pattern, rw and exact become rwa"),
        pytest.param(PROJECT, 9, id="names of a conjunction become projections"),
        pytest.param(SIMPA, 8, id="have, simp and exact become simpa"),
        pytest.param(RWA, 7, id="rw at a hypothesis that closes the goal becomes rwa"),
    ],
)
def test_a_theorem_becomes_this_short(pool, portal, theorem, most):
    """The whole search, with the gate, ends with so many tokens; closing tactics and leaving out end with more."""
    body = LEMMAS + theorem
    found = places(body)
    claim = Claim(("Init",), challenge(body, found), body, tuple(place.name for place in found))

    async def run():
        minimizer = Minimizer(body, [len(found) - 1], LeanAcceptor(pool, claim))
        await minimizer.run()
        await minimizer.settle()
        return minimizer

    minimizer = portal.call(run)
    (result,) = minimizer.results()
    assert minimizer.ruling.outcome == "accepted"
    assert minimizer.body.startswith(body[: found[-1].proof])
    assert result.after <= most < result.before
