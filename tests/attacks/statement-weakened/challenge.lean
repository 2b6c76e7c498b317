theorem square_mono (a b : Nat) (h : a * a < b * b) : a + 1 < b := sorry
