theorem mono : ∀ f : Nat → Nat, (∀ m n, m ≤ n → f m ≤ f n) → ∀ a b c, a ≤ b → b ≤ c → f a ≤ f c := by
  intro f hf a b c h k
  exact hf a c (Nat.le_trans h k)

theorem elim (p q r : Prop) (hp : p → r) (hq : q → r) (h : p ∨ q) : r := h.elim hp hq
