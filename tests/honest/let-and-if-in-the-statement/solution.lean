theorem with_let (n : Nat) : let m := n + 1; m * m = n * n + 2 * n + 1 := by
  intro m
  show (n + 1) * (n + 1) = _
  rw [Nat.add_mul, Nat.mul_add]
  omega

theorem with_if (n : Nat) : (if n = 0 then 1 else n) ≠ 0 := by
  split
  · decide
  · assumption

theorem with_dite (n : Nat) : (if h : 0 < n then n - 1 else 0) ≤ n := by
  split
  · exact Nat.sub_le n 1
  · exact Nat.zero_le n
