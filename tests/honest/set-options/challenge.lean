theorem long_list : (List.range 300).length = 300 := by
  sorry

theorem unused (a b c : Nat) (h : a = b) (k : b = c) : a = c := by
  sorry
