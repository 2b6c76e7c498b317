theorem product : (3 : Nat) * 3 = 6 := sorry
