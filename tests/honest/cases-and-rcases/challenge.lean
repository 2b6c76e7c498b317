theorem exists_or_dist {α : Type} (p q : α → Prop) : (∃ x, p x ∨ q x) ↔ (∃ x, p x) ∨ (∃ x, q x) := by
  sorry

theorem pairs {α β : Type} (a c : α) (b d : β) (h : (a, b) = (c, d) ∨ some a = none) : a = c ∧ b = d := by
  sorry
