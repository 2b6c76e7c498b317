theorem Nat.le_refl : 2 ≤ 1 := Demo.two_le_one
