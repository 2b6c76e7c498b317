namespace Order.Dual
scoped instance (priority := high) dual : LE Nat where
  le a b := Nat.le b a
end Order.Dual

open Order.Dual

theorem two_le_one : 2 ≤ 1 := Nat.le_succ 1
