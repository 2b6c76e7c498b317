theorem caught (a b : Nat) (h : a = b) : b + 0 = a ∧ a ≤ b := by
  sorry
