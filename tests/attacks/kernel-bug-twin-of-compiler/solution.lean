def digits : Nat → Nat → Nat → List Char → List Char := Nat.toDigitsCore._unsafe_rec

theorem add_swap (a b : Nat) : a + b = b + a := Nat.add_comm a b
