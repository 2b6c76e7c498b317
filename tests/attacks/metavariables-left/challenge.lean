theorem below_zero : ∃ n : Nat, n < 0 := sorry
