theorem with_let (n : Nat) : let m := n + 1; m * m = n * n + 2 * n + 1 := sorry

theorem with_if (n : Nat) : (if n = 0 then 1 else n) ≠ 0 := sorry

theorem with_dite (n : Nat) : (if h : 0 < n then n - 1 else 0) ≤ n := sorry
