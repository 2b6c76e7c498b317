theorem Nat.sq_le_sq' {a b : Nat} (h : a ≤ b) : a * a ≤ b * b := by
  sorry

theorem main (a b : Nat) (h : a ≤ b) : a * a ≤ b * b + 1 := by
  sorry
