theorem exists_bound (f : Nat → Nat) (h : ∀ n, f n ≤ 5) : ∃ b, 3 ≤ b ∧ ∀ n, f n ≤ b := by
  sorry
