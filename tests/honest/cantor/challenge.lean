theorem cantor {α : Type u} (f : α → α → Prop) : ∃ s : α → Prop, ∀ a, f a ≠ s := sorry

theorem no_universal (mem : α → α → Prop) (h : ∀ p : α → Prop, ∃ y, ∀ x, mem x y ↔ p x) : False := sorry
