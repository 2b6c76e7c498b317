theorem t₁ (a b : Nat) (h : a = b) : b = a := by sorry
theorem t₂ (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry
