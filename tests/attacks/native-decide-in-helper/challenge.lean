theorem sums : (List.range 100).foldl (· + ·) 0 = 4950 ∧ True := sorry
