theorem marked (a b : Nat) (h : a ∣ b) : a ∣ b * 2 := by
  exact Nat.dvd_mul_right_of_dvd h 2
