theorem step (n : Nat) : n + 1 ≤ n := by
  omega

theorem two_le_one : 2 ≤ 1 := step 1
