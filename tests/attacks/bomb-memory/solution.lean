#eval (Array.replicate 2000000000 (0 : Nat)).size

theorem two_le_one : 2 ≤ 1 := by
  sorry
