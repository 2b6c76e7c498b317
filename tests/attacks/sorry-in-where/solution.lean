theorem two_le_one : 2 ≤ 1 := go 1
where
  go (n : Nat) : n + 1 ≤ n := match n with
    | 0 => sorry
    | n + 1 => Nat.succ_le_succ (go n)
