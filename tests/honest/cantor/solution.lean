theorem cantor {α : Type u} (f : α → α → Prop) : ∃ s : α → Prop, ∀ a, f a ≠ s := by
  refine ⟨fun a => ¬f a a, fun a h => ?_⟩
  have key : f a a ↔ ¬f a a := iff_of_eq (congrFun h a)
  have not : ¬f a a := fun k => key.mp k k
  exact not (key.mpr not)

theorem no_universal (mem : α → α → Prop) (h : ∀ p : α → Prop, ∃ y, ∀ x, mem x y ↔ p x) : False :=
  let ⟨y, hy⟩ := h fun x => ¬mem x x
  have not : ¬mem y y := fun k => (hy y).mp k k
  not ((hy y).mpr not)
