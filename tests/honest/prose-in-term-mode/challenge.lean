theorem prose (p q : Prop) (h : p → q) (k : ¬q) : ¬p := sorry

theorem or_of_imp (p q : Prop) [Decidable p] (h : p → q) : ¬p ∨ q := sorry

theorem exchange (f : Nat → Nat) : (∃ n, f n = 0 ∧ 0 < n) → (∃ m, 0 < m ∧ 0 = f m) := sorry
