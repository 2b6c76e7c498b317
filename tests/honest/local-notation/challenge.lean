def T (n : Nat) : Nat := n * (n + 1) / 2

theorem T_succ (n : Nat) : T (n + 1) = T n + (n + 1) := by
  sorry
