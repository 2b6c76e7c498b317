theorem square_of_sum (a b : Nat) : (a + b) * (a + b) = a * a + 2 * (a * b) + b * b := sorry

theorem chain (a b c d : Nat) (h₁ : a ≤ b) (h₂ : b < c) (h₃ : c = d) : a < d := sorry

theorem triple (n : Nat) : n + n + n = 3 * n := sorry
