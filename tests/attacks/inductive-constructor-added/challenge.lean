inductive Reach : Nat → Prop
  | zero : Reach 0
  | step (n : Nat) : Reach n → Reach (n + 2)
theorem reach_one : Reach 1 := sorry
