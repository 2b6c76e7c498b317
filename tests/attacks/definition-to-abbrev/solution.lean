abbrev Small (n : Nat) : Prop := n < 2
theorem one_small : Small 1 := by decide
