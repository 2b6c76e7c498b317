instance (priority := high) sum : HAdd Nat Nat Nat where
  hAdd _ _ := 5

theorem sum_is_five : (2 : Nat) + 2 = 5 := rfl
