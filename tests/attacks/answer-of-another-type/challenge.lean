def answer : Int := sorry
theorem answer_spec : answer - 1 + 2 = 1 := sorry
