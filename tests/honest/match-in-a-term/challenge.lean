theorem or_cases (p q r : Prop) (h : p ∨ q ∨ r) : (q ∨ r) ∨ p := sorry

theorem pred_lt (n : Nat) (h : n ≠ 0) : n - 1 < n := sorry
