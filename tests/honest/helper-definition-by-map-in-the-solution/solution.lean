def inc (xs : List Nat) : List Nat := xs.map (· + 1)
theorem inc_length (xs : List Nat) : (inc xs).length = xs.length := by simp [inc]
theorem t (xs : List Nat) : (xs.map (· + 1)).length = xs.length := inc_length xs
