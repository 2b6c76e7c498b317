theorem two_le_one : 2 ≤ 1 := by[2K
  decide[1A
