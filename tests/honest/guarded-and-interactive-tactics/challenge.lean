theorem both (p q : Prop) (hp : p) (hq : q) : q ∧ p ∧ True := by
  sorry
