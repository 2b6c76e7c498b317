theorem difference : (1 - 2 : Int) = 0 := sorry
