theorem one_le_two : 1 ≤ 2 := Nat.le_succ 1
