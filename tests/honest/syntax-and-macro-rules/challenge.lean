theorem ends (n : Nat) (h : n < 3) : n = 0 ∨ n = 1 ∨ n = 2 := by
  sorry

theorem trivialities : True ∧ 1 + 1 = 2 ∧ ∀ n : Nat, n = n := by
  sorry
