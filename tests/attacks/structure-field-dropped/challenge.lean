structure Witness where
  value : Nat
  small : value < 0
theorem found : Nonempty Witness := sorry
