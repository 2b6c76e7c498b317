def inc (n : Nat) : Nat := n + 1

theorem inc_pos (n : Nat) : 0 < inc n := Nat.succ_pos n

theorem inc_ne (n : Nat) : inc n ≠ n :=
  Nat.succ_ne_self n

theorem inc_inj (a b : Nat) (h : inc a = inc b) : a = b := by
  injection h
