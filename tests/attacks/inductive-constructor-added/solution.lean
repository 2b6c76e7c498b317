inductive Reach : Nat → Prop
  | zero : Reach 0
  | step (n : Nat) : Reach n → Reach (n + 2)
  | jump (n : Nat) : Reach n
theorem reach_one : Reach 1 := .jump 1
