def Set' (α : Type) : Type := α → Prop
def Set'.inter {α : Type} (s t : Set' α) : Set' α := fun x => s x ∧ t x

theorem inter_comm {α : Type} (s t : Set' α) : s.inter t = t.inter s := by
  funext x
  exact propext ⟨fun ⟨h, k⟩ => ⟨k, h⟩, fun ⟨h, k⟩ => ⟨k, h⟩⟩

theorem and_true_eq (p : Prop) : (p ∧ True) = p := by
  apply propext
  exact and_true_iff p
where
  and_true_iff (p : Prop) : p ∧ True ↔ p := ⟨And.left, (⟨·, trivial⟩)⟩
