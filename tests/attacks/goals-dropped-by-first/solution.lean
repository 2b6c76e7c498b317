theorem two_le_one : 2 ≤ 1 := by
  any_goals
    try omega
  focus try simp
