def Small (n : Nat) : Prop := n < 1
theorem one_not_small : ¬ Small 1 ∨ Small 0 := sorry
