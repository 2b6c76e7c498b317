import Std

theorem empty_contains (k : Nat) : (∅ : Std.HashSet Nat).contains k = false := by
  sorry
