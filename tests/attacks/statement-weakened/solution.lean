theorem square_mono (a b : Nat) (h : a * a < b * b) : a < b := by
  exact Nat.lt_of_not_le fun le => Nat.not_lt.mpr (Nat.mul_le_mul le le) h
