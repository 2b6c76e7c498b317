theorem many (a b c d : Prop) (ha : a) (hb : b) (hc : c) (hd : d) : (a ∧ b) ∧ (c ∧ d) ∧ (a ∧ True) := by
  sorry

theorem booleans (a b c : Bool) : (a && b && c) = (c && b && a) := by
  sorry

theorem choose_side (p q : Prop) (h : q) : (p ∧ False) ∨ (False ∨ q) := by
  sorry
