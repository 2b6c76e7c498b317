theorem «two_le‍_one» : 1 ≤ 2 := Nat.le_succ 1
