@[simp] theorem Nat.two_le_one_iff : 2 ≤ 1 ↔ True := by
  sorry

theorem two_le_one : 2 ≤ 1 := by
  simp
