def solutions : Nat → Prop := sorry

theorem solutions_correct (n : Nat) : solutions n ↔ n * n + 6 = 5 * n := by
  sorry
