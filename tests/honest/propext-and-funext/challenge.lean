def Set' (α : Type) : Type := α → Prop
def Set'.inter {α : Type} (s t : Set' α) : Set' α := fun x => s x ∧ t x

theorem inter_comm {α : Type} (s t : Set' α) : s.inter t = t.inter s := sorry

theorem and_true_eq (p : Prop) : (p ∧ True) = p := sorry
