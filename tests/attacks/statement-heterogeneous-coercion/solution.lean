theorem back (a b : Nat) : (a : Int) - b + b = (a - b + b : Int) := rfl
