theorem pow_pos' (n : Nat) : 0 < 2 ^ n := by
  sorry

theorem swap_or (p q : Prop) (h : p ∨ q) : q ∨ p := by
  sorry
