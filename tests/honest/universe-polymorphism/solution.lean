theorem comp_assoc.{w₁, w₂} {α β : Type w₁} {γ δ : Type w₂} (f : α → β) (g : β → γ) (h : γ → δ) : h ∘ g ∘ f = (h ∘ g) ∘ f := rfl

universe a b in
theorem up_down {α : Type a} (a : ULift.{b} α) : ULift.up a.down = a := rfl

theorem cast_back {α β : Sort v} (h : α = β) (a : α) : cast h.symm (cast h a) = a := by
  subst h
  rfl
