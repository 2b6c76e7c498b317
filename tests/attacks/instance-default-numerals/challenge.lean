theorem back_again : 1 - 2 + 2 = 1 := sorry
