theorem rearrange (a b c d : Nat) : a * b * (c * d) = d * (b * c) * a := by
  sorry

theorem mixed (a b c : Nat) : a + b + c + 0 = c + (b + a) := by
  sorry
