def limit : Nat := 0
theorem small : limit = 0 := rfl
