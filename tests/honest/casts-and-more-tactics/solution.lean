theorem casts (a b : Nat) (h : (a : Int) + 1 = b) : a + 1 = b ∧ ((a + b : Nat) : Int) = a + b := by
  and_intros
  · have k := h
    norm_cast at k
  · push_cast
    rfl
theorem mixed (f : Nat → Nat → Nat) (a b c d : Nat) (h : a = b) (k : d = c) : f a c = f b d ∧ ∃ n, n * n = 49 := by
  constructor
  · symm at k
    congr
  · exists 7
theorem bits (x y : BitVec 8) (h : x < y) : x ≤ y := by bv_omega
theorem exact_cast (a b : Nat) (h : (a : Int) ≤ b) : a ≤ b := by exact_mod_cast h
theorem stable (p : Prop) (h : ¬¬p) : p := by
  false_or_by_contra
  contradiction
