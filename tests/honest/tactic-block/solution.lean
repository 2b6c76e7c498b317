theorem and_or_distrib (p q r : Prop) : p ∧ (q ∨ r) ↔ (p ∧ q) ∨ (p ∧ r) := by
  constructor
  · intro h
    cases h.2 with
    | inl hq =>
      left
      exact And.intro h.1 hq
    | inr hr =>
      right
      exact And.intro h.1 hr
  · intro h
    apply Or.elim h
    · intro k
      exact ⟨k.1, Or.inl k.2⟩
    · intro k
      exact ⟨k.1, Or.inr k.2⟩
