namespace Hidden
private def two : Nat := 2
private theorem two_pos : 0 < two := by
  decide
end Hidden

private theorem helper (a : Nat) : a + 2 - 2 = a := Nat.add_sub_cancel ..

private theorem cancel (a b : Nat) (h : a + 2 = b + 2) : a = b := by
  rw [← helper a, h, helper]
