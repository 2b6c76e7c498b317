namespace Hidden
private def two : Nat := 2
private theorem two_pos : 0 < two := by
  sorry
end Hidden

private theorem cancel (a b : Nat) (h : a + 2 = b + 2) : a = b := by
  sorry
