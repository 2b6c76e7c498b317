theorem bounds (a b c : Nat) (h₁ : 3 * a + 2 * b = 12) (h₂ : b < c) (h₃ : c < 4) : a ≤ 4 ∧ 2 ≤ a := by
  sorry

theorem parity (x y : Int) (h : 2 * x - 4 * y = 7) : False := by
  sorry

theorem division (n : Nat) : n / 6 * 6 + n % 6 = n ∧ n % 6 < 6 := by
  sorry
