theorem noisy (a b c : Nat) (unused : 1 = 1) : a + b = b + a := by
  sorry
