def answer : Nat := sorry
theorem answer_spec : answer * answer = 2 := sorry
