theorem «twо_le_one» : 1 ≤ 2 := Nat.le_succ 1
#check «twо_le_one»
