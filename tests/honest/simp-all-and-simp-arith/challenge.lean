theorem option_cases (o : Option Nat) (f : Nat → Nat) (h : o.map f = some 3) (k : ∀ n, f n = n + 1) : o = some 2 := by
  sorry

theorem arith (a b : Nat) (h : a + 2 ≤ b + 1) : a < b := by
  sorry
