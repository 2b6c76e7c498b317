set_option autoImplicit false

theorem snd_mk.{u, v} {α : Type u} {β : Type v} (a : α) (b : β) : (a, b).2 = b := rfl

universe u
theorem rel {α : Sort u} {x y : α} (r : α → α → Prop) (h : ∀ {a b}, r a b → r b a) : r x y ↔ r y x :=
  ⟨h, h⟩
