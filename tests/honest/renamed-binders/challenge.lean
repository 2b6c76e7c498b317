theorem drop_both {α : Type} (p q : α → Prop) (h : ∀ x, p x → q x) : (∃ x, p x) → ∃ y, q y := sorry

theorem fn (f : Nat → Nat) (h : ∀ n, f n = (fun m => m + n) n) : ∀ k, f k = k + k := sorry
