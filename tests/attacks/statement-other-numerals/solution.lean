theorem difference : (1 - 2 : Nat) = 0 := rfl
