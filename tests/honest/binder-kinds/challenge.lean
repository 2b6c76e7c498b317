theorem inj {α β : Type} (f : α → β) (hf : ∀ ⦃x y⦄, f x = f y → x = y) {a b : α} (h : f a = f b) : a = b := sorry

theorem dec {p : Prop} [Decidable p] : p ∨ ¬p := sorry
