theorem largest : ∃ m : Nat, ∀ n : Nat, n ≤ m := sorry
