theorem cong {α : Type} (f : α → α) (a b : α) (h₁ : f a = b) (h₂ : f b = a) (h₃ : a = b) : f (f a) = f a := by
  grind

theorem excluded (p q : Prop) : (p → q) ∨ (q → p) := by
  grind

theorem order (a b c : Nat) (h : a < b) (k : b ≤ c) : a + 1 ≤ c ∧ c ≠ a := by
  constructor <;> grind
