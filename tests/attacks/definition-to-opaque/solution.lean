inductive Small : Nat → Prop
  | any (n : Nat) : Small n
theorem one_not_small : ¬ Small 1 ∨ Small 0 := .inr (.any 0)
