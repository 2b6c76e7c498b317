theorem one_eq_two : 1 = 2 := sorry
