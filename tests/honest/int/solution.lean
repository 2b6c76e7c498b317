theorem sq_nonneg (a : Int) : 0 ≤ a * a := by
  rcases Int.le_total 0 a with h | h
  · exact Int.mul_nonneg h h
  · exact Int.mul_nonneg_of_nonpos_of_nonpos h h
theorem natAbs_le (a : Int) (n : Nat) (h : a.natAbs ≤ n) : -n ≤ a ∧ a ≤ n := by omega
theorem cast_sub (a b : Nat) (h : b ≤ a) : ((a - b : Nat) : Int) = a - b := Int.ofNat_sub h
theorem diff_of_squares (a b : Int) : (a + b) * (a - b) = a * a - b * b := by
  rw [Int.mul_sub, Int.add_mul, Int.add_mul, Int.mul_comm b a]
  omega
