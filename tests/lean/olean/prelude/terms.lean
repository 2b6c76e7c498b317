prelude
universe u v w

axiom Ax {p : Prop} : p
theorem comp {α : Sort u} {β : Sort v} {γ : Sort w} (f : β → γ) (g : α → β) (a : α) : ∀ p : γ → Prop, p (f (g a)) → p (f (g a)) :=
  fun _ h => h
theorem swapped {α : Sort v} {β : Sort u} (f : α → β) (_ : β → α) : ∀ p : (α → β) → Prop, p f → p fun x => f x :=
  fun _ h => h
theorem modus (p q : Prop) (h : p) (k : p → q) : q := k h
private theorem hidden (p : Prop) (h : p) : p := h
theorem «odd name».«a.b» (p : Prop) (h : p) : p := h
theorem lets (p : Prop) (h : p) : p :=
  let x := h
  have y := x
  y
theorem sorts : (p : (Sort (max u (v + 1)) → Sort (imax u v)) → Prop) → (∀ f, p f) → ∀ f, p f := fun _ h f => h f
unsafe axiom bad : (p : Prop) → p
