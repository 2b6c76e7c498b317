theorem big_sum : (List.range 1000).foldl (· + ·) 0 = 499500 := by
  native_decide
