def total (xs : List Nat) : Nat := xs.foldr (· + ·) 0
theorem t (xs ys : List Nat) : total (xs ++ ys) = total (ys ++ xs) := sorry
