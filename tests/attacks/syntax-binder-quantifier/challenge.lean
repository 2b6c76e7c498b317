theorem every_number_is_zero : ∀ n : Nat, n = 0 := sorry
