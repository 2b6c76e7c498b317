import Init
import Solution.Basic

theorem two_le_one : 2 ≤ 1 := Solution.two_le_one
