theorem mono (f : Nat → Nat) (hf : ∀ m n, m ≤ n → f m ≤ f n) (a b c : Nat) (h : a ≤ b) : b ≤ c → f a ≤ f c := sorry

theorem elim : ∀ (p q r : Prop), (p → r) → (q → r) → p ∨ q → r := sorry
