theorem iff_chain (p q r : Prop) : (p → q → r) ↔ (q ∧ p → r) := sorry

theorem unique_pred (n : Nat) (h : 0 < n) : ∃ m, m + 1 = n ∧ ∀ k, k + 1 = n → k = m := sorry

theorem ex_congr (p q : Nat → Prop) (h : ∀ n, p n ↔ q n) : (∃ n, p n ∧ n = 1) ↔ ∃ n, q n ∧ n = 1 := sorry
