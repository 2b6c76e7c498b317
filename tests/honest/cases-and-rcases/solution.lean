theorem exists_or_dist {α : Type} (p q : α → Prop) : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ (∃ x, q x) := by
  constructor
  · rintro ⟨x, hp | hq⟩
    · exact .inl ⟨x, hp⟩
    · exact .inr ⟨x, hq⟩
  · intro h
    rcases h with ⟨x, hp⟩ | ⟨x, hq⟩
    exact ⟨x, .inl hp⟩
    refine ⟨x, ?_⟩; right; assumption

theorem pairs {α β : Type} (a c : α) (b d : β) (h : (a, b) = (c, d) ∨ some a = none) : a = c ∧ b = d := by
  cases h with
  | inl h =>
    injection h with h₁ h₂
    exact ⟨h₁, h₂⟩
  | inr h => cases h
