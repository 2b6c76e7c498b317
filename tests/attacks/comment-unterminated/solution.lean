theorem add_swap (a b : Nat) : a + b = b + a := Nat.add_comm a b
/- the second one is longer
theorem two_le_one : 2 ≤ 1 := by
  decide
