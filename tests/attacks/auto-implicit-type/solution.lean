set_option autoImplicit true

theorem no_choice (choose : ∀ a : Type, α) : ∃ x : Nat, ∀ y : α → Nat, x = y (choose Unit) ∨ True :=
  ⟨0, fun _ => .inr trivial⟩
