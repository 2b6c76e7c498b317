universe u v

theorem comp_assoc {α β : Type u} {γ δ : Type v} (f : α → β) (g : β → γ) (h : γ → δ) : h ∘ g ∘ f = (h ∘ g) ∘ f := sorry

theorem up_down {α : Type u} (a : ULift.{v} α) : ULift.up a.down = a := sorry

theorem cast_back {α β : Sort u} (h : α = β) (a : α) : cast h.symm (cast h a) = a := sorry
