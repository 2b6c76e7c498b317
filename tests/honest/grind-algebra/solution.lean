theorem binomial (a b : Int) : (a + b) * (a + b) = a * a + 2 * a * b + b * b := by grind
theorem factor (a b c : Int) (h : a + b = c) : a * a + a * b = a * c := by grind
theorem no_solution (a b : Int) (h : 2 * a + 4 * b = 5) : False := by grind
theorem lengths (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by grind
theorem strict (a b : Nat) (h : a ≤ b) : a < b + 1 := by lia
