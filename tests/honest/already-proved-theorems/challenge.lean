def inc (n : Nat) : Nat := n + 1

theorem inc_pos (n : Nat) : 0 < inc n := Nat.succ_pos n

theorem inc_ne (n : Nat) : inc n ≠ n := by
  unfold inc
  omega

theorem inc_inj (a b : Nat) (h : inc a = inc b) : a = b := by
  sorry
