theorem le_double (n : Nat) : n ≤ n * 2 ∧ (n = 0 ∨ 0 < n) := by
  sorry

theorem from_pieces (p : Nat → Prop) (zero : p 0) (step : ∀ n, p n → p (n + 1)) : p 3 := by
  sorry
