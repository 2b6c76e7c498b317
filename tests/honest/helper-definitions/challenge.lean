theorem pred_step (n : Nat) (h : ∃ k, n = 2 * k + 1) : ∃ k, n + 1 = 2 * k := by
  sorry
