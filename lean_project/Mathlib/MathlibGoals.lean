import Mathlib

/-!
# Goals that need mathlib
-/

namespace ProofAgent.MathlibGoals

open Finset

/-- The sum of the first `n` odd numbers is a square. -/
theorem sum_odd (n : ℕ) : ∑ k ∈ range n, (2 * k + 1) = n ^ 2 := by
  sorry

/-- The arithmetic mean of two squares bounds their product. -/
theorem two_mul_le_add_sq' (a b : ℝ) : 2 * a * b ≤ a ^ 2 + b ^ 2 := by
  sorry

/-- Bernoulli's inequality. -/
theorem bernoulli (x : ℝ) (hx : -1 ≤ x) (n : ℕ) : 1 + n * x ≤ (1 + x) ^ n := by
  sorry

/-- Distances along a path add up to at least the distance of its ends. -/
theorem dist_three {X : Type*} [MetricSpace X] (x y z w : X) : dist x w ≤ dist x y + dist y z + dist z w := by
  sorry

/-- A group in which every element is its own inverse is commutative. -/
theorem comm_of_mul_self {G : Type*} [Group G] (h : ∀ g : G, g * g = 1) (a b : G) : a * b = b * a := by
  sorry

end ProofAgent.MathlibGoals
