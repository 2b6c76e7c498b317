import Init.Data.Nat.Dvd

theorem marked (a b : Nat) (h : a ∣ b) : a ∣ 2 * b := by
  sorry
