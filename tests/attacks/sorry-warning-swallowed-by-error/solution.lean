#check (1 : Bool)

theorem two_le_one : 2 ≤ 1 := by
  first | decide | sorry
