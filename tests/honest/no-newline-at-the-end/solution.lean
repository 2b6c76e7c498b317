theorem last (n : Nat) : n - n = 0 := by
  exact Nat.sub_self n -- the end