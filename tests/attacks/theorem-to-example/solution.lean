example : 2 ≤ 2 := Nat.le_refl 2
-- theorem two_le_one : 2 ≤ 1 is the special case
