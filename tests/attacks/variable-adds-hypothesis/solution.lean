variable (assumption : 2 ≤ 1)
include assumption

theorem two_le_one : 2 ≤ 1 := assumption
