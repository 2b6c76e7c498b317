theorem two_le_one {h : 2 ≤ 1} : 2 ≤ 1 := h
