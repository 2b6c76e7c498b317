theorem big_term (a b : Nat) (f : Nat → Nat) (h : ∀ x, f x = x + 1) : f (a * b + 3) - 1 = a * b + 3 := by
  sorry

theorem instantiate (p : Nat → Nat → Prop) (h : ∀ x y, x < y → p x y) (k : ∀ x y, p x y → p y x) : p 5 3 := by
  sorry
