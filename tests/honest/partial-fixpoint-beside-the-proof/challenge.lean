theorem halt (n : Nat) : n - n = 0 := by
  sorry
