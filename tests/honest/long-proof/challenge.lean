theorem long_chain (a b c : Nat) (h₀ : a = 2 * b) (k₀ : b = 3 * c) : a + 100 = 6 * c + 100 ∧ a % 6 = 0 := by
  sorry
