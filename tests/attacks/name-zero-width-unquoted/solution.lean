theorem two_le​_one : 2 ≤ 1 := by decide
