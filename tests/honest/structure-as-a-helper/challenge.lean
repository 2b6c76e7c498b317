theorem facts (n : Nat) (h : n % 4 = 3) : n % 2 = 1 ∧ n ≠ 0 ∧ (n + 1) % 4 = 0 := by
  sorry
