theorem pipeline (xs : List Nat) : (xs |>.map (· + 1) |>.map (· - 1)) = xs := sorry

theorem and_assoc' (p q r : Prop) : (p ∧ q) ∧ r ↔ p ∧ q ∧ r := sorry
