theorem add_sq (a b : Nat) : (a + b) ^ 2 = a ^ 2 + 2 * (a * b) + b ^ 2 := by
  sorry
