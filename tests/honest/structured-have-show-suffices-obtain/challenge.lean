theorem even_sum (a b : Nat) (ha : ∃ k, a = 2 * k) (hb : ∃ k, b = 2 * k) : (a + b) % 2 = 0 := by
  sorry
