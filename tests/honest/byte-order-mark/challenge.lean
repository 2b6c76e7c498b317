theorem marked (a b : Nat) (h : a ∣ b) : a ∣ b * 2 := by
  sorry
