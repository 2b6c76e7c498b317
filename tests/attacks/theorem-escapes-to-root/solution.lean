namespace Demo
theorem _root_.two_le_one : 1 ≤ 2 := Nat.le_succ 1
end Demo
