def base : Nat := 0
def twice (n : Nat) : Nat := n + n
def limit : Nat := twice base
theorem small : limit = 0 := rfl
