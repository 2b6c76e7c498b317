theorem no_fixed_point (f : Nat → Nat) (h : f 0 ≠ 0) : ∃ n, f n ≠ n := ⟨0, h⟩
