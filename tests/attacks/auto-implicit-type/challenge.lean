set_option autoImplicit false

theorem no_choice (choose : ∀ α : Type, α) : ∃ x : Nat, ∀ y : Nat, x = y := sorry
