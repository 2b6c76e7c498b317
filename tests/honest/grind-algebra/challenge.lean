theorem binomial (a b : Int) : (a + b) * (a + b) = a * a + 2 * a * b + b * b := sorry
theorem factor (a b c : Int) (h : a + b = c) : a * a + a * b = a * c := sorry
theorem no_solution (a b : Int) (h : 2 * a + 4 * b = 5) : False := sorry
theorem lengths (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := sorry
theorem strict (a b : Nat) (h : a ≤ b) : a < b + 1 := sorry
