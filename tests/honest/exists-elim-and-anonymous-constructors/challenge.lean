theorem witness {α : Type} (p q : α → Prop) (h : ∃ x, p x ∧ q x) : ∃ x, q x ∧ ∃ y, p y := sorry

theorem pythagoras : ∃ a b c : Nat, 0 < a ∧ 0 < b ∧ a * a + b * b = c * c := sorry

theorem image (f : Nat → Nat) (n : Nat) : ∃ m, m = f (f n) := sorry
