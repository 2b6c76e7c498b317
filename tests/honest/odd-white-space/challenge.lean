theorem spaced (a b c : Nat) (h : a < b) (k : b < c) : a + 1 < c := by
  sorry
