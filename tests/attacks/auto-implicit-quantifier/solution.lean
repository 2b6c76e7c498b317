set_option autoImplicit true

theorem largest : ∃ m : Nat, ∀ n' : Nat, n ≤ m := ⟨n, fun _ => Nat.le_refl n⟩
