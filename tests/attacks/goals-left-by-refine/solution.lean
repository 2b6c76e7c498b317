theorem both (p q : Prop) (hp : p) : p ∧ q := by
  refine ⟨hp, ?rest⟩
  case' rest => skip
