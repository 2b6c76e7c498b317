theorem two_le_one (h : 2 ≤ 1 := by omega) : 2 ≤ 1 := h
