theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry

theorem bar (f : Nat → Nat) (h : ∀ n, 0 < n → f n < n) : f 7 < 8 ∧ ∀ m > 2, f m < m := by sorry
