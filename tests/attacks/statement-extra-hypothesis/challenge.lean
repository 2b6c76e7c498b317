theorem no_fixed_point (f : Nat → Nat) : ∃ n, f n ≠ n := sorry
