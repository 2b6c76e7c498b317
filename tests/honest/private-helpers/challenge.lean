theorem sum_comm (xs ys : List Nat) : (xs ++ ys).foldr (· + ·) 0 = (ys ++ xs).foldr (· + ·) 0 := by
  sorry
