noncomputable def section' {α β : Type} (f : α → β) (h : ∀ b, ∃ a, f a = b) (b : β) : α :=
  Classical.choose (h b)

theorem right_inverse {α β : Type} (f : α → β) (h : ∀ b, ∃ a, f a = b) : ∃ g : β → α, ∀ b, f (g b) = b :=
  ⟨section' f h, fun b => Classical.choose_spec (h b)⟩

theorem choice_of_subtype {α : Type} (p : α → Prop) (h : ∃ x, p x) : Nonempty { x // p x } := by
  have : Nonempty { x // p x } := let ⟨x, hx⟩ := h; ⟨⟨x, hx⟩⟩
  exact ⟨Classical.choice this⟩
