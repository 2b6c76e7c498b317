theorem shifted (n : Nat) (h : 3 ≤ n) : ∃ m, n = m + 3 := by
  sorry
