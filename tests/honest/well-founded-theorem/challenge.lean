theorem two_pow_gt (n : Nat) : ∃ k, n < 2 ^ k := sorry
