theorem Nat.le_of_double (n : Nat) (_ : n ≤ n + n) : n + n ≤ n := by
  sorry

theorem two_le_one : 2 ≤ 1 := Nat.le_of_double 1 (Nat.le_add_left 1 1)
