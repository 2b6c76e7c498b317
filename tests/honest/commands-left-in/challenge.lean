theorem add_self (n : Nat) : n + n = 2 * n := by
  sorry
