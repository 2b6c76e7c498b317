theorem add_swap (a b : Nat) : a + b = b + a := sorry
theorem two_le_one : 2 ≤ 1 := sorry
