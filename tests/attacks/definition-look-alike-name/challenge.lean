def Odd (n : Nat) : Prop := n % 2 = 1
theorem four_odd : Odd 4 := sorry
