theorem two_le_one : 2 ≤ 1 := by
  have step : ∀ n : Nat, n + 1 ≤ n := by
    intro n
    induction n with
    | zero => sorry
    | succ n ih => exact Nat.succ_le_succ ih
  exact step 1
