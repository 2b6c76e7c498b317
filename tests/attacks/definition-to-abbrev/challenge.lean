def Small (n : Nat) : Prop := n < 1
theorem one_small : Small 1 := sorry
