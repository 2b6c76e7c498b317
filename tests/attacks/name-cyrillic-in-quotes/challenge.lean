theorem two_le_one : 2 ≤ 1 := sorry
