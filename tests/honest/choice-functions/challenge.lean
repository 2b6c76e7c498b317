theorem right_inverse {α β : Type} (f : α → β) (h : ∀ b, ∃ a, f a = b) : ∃ g : β → α, ∀ b, f (g b) = b := by
  sorry

theorem choice_of_subtype {α : Type} (p : α → Prop) (h : ∃ x, p x) : Nonempty { x // p x } := by
  sorry
