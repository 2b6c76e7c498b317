theorem sq_nonneg (a : Int) : 0 ≤ a * a := sorry
theorem natAbs_le (a : Int) (n : Nat) (h : a.natAbs ≤ n) : -n ≤ a ∧ a ≤ n := sorry
theorem cast_sub (a b : Nat) (h : b ≤ a) : ((a - b : Nat) : Int) = a - b := sorry
theorem diff_of_squares (a b : Int) : (a + b) * (a - b) = a * a - b * b := sorry
