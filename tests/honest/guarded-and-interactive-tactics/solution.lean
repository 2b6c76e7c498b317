theorem both (p q : Prop) (hp : p) (hq : q) : q ∧ p ∧ True := by
  guard_hyp hp : p
  guard_target = q ∧ p ∧ True
  trace "sorry for the noise"
  refine ⟨‹q›, ?_⟩
  with_reducible constructor
  · show_term assumption
  trivial
