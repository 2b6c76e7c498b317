def Square (n : Nat) : Prop := ∃ k, k ≤ n ∧ k * k = n

def Near (a b : Nat) : Prop := a - b ≤ 1 ∧ b - a ≤ 1
instance (a b : Nat) : Decidable (Near a b) := inferInstanceAs (Decidable (_ ∧ _))

theorem square_49 : Square 49 ∧ ¬ Square 50 := sorry
theorem near : Near 3 4 ∧ ¬ Near 3 5 := sorry
