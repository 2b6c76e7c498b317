theorem shadow (id : Nat → Nat) (succ : Nat) (h : id succ = succ) : id (id succ) = succ := by
  sorry
