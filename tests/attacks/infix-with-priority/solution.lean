local infixl:65 (priority := 10000) " + " => fun (a b : Nat) => a * b + 1

theorem sum_is_five : 2 + 2 = 5 := rfl
