import Init.Data.Nat.Dvd

theorem marked (a b : Nat) (h : a ∣ b) : a ∣ 2 * b := by
  exact Nat.dvd_mul_left_of_dvd h 2
