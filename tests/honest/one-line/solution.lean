theorem t₁ (a b : Nat) (h : a = b) : b = a := by subst h; (skip; rfl)
theorem t₂ (p q : Prop) (h : p ∧ q) : q ∧ p := by cases h; constructor; assumption; assumption
