theorem peirce (p q : Prop) : ((p → q) → p) → p := by
  intro h
  rcases Classical.em p with hp | hn
  · exact hp
  · exact h fun hp => absurd hp hn

theorem drinker {α : Type} [Nonempty α] (p : α → Prop) : ∃ x, p x → ∀ y, p y := by
  by_cases h : ∀ y, p y
  · exact ⟨Classical.choice ‹_›, fun _ => h⟩
  · obtain ⟨x, hx⟩ := Classical.not_forall.mp h
    exact ⟨x, fun hp => Classical.byContradiction fun _ => hx hp⟩
