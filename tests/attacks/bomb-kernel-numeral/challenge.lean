theorem huge : (2 : Nat) ^ (2 ^ 60) = 0 := sorry
