theorem inj (α : Type) {β : Type} {f : α → β} (hf : ∀ {x} y, f x = f y → x = y) (a : α) ⦃b : α⦄ (h : f a = f b) : a = b :=
  hf b h

theorem dec (p : Prop) (_inst : Decidable p) : p ∨ ¬p :=
  match _inst with
  | .isTrue h => .inl h
  | .isFalse h => .inr h
