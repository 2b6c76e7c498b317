theorem casts (a b : Nat) (h : (a : Int) + 1 = b) : a + 1 = b ∧ ((a + b : Nat) : Int) = a + b := sorry
theorem mixed (f : Nat → Nat → Nat) (a b c d : Nat) (h : a = b) (k : d = c) : f a c = f b d ∧ ∃ n, n * n = 49 := sorry
theorem bits (x y : BitVec 8) (h : x < y) : x ≤ y := sorry
theorem exact_cast (a b : Nat) (h : (a : Int) ≤ b) : a ≤ b := sorry
theorem stable (p : Prop) (h : ¬¬p) : p := sorry
