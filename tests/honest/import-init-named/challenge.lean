theorem le_of_dvd (a b : Nat) (h : 0 < b) (k : a ∣ b) : a ≤ b := by
  sorry
