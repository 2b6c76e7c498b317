theorem peirce (p q : Prop) : ((p → q) → p) → p := sorry

theorem drinker {α : Type} [Nonempty α] (p : α → Prop) : ∃ x, p x → ∀ y, p y := sorry
