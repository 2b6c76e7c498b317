theorem twο_le_οne : 1 ≤ 2 := Nat.le_succ 1
