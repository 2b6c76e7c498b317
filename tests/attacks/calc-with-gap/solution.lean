theorem two_le_one : 2 ≤ 1 := calc
  2 ≤ 2 := Nat.le_refl 2
  _ ≤ 1 + 1 := Nat.le_refl 2
