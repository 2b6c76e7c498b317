theorem swap_and (p q r : Prop) : (p ∧ q) ∧ r → r ∧ q ∧ p := sorry

theorem curry (p q r : Prop) : (p ∧ q → r) ↔ (p → q → r) := sorry
