set_option autoImplicit false

theorem largest : ∃ m : Nat, ∀ n : Nat, n ≤ m := sorry
