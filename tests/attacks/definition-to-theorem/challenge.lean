def bound : 1 ≤ 2 := Nat.le_succ 1
def weight (_ : 1 ≤ 2) : Nat := 3
theorem weight_is_two : weight bound = 2 ∨ weight bound = 3 := sorry
