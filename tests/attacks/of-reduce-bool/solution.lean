def evidence : Bool := (List.range 1000).foldl (· + ·) 0 == 499500

theorem big_sum : (List.range 1000).foldl (· + ·) 0 = 499500 :=
  eq_of_beq (Lean.ofReduceBool evidence true rfl)
