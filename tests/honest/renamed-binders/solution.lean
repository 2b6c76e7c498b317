theorem drop_both {β : Type} (r s : β → Prop) (imp : ∀ z, r z → s z) : (∃ w, r w) → ∃ w, s w
  | ⟨w, hw⟩ => ⟨w, imp w hw⟩

theorem fn (_f : Nat → Nat) (eq : ∀ x, _f x = (fun y => y + x) x) : ∀ _n, _f _n = _n + _n := fun _ => eq _
