import Std.Data.HashSet.Lemmas

theorem empty_contains (k : Nat) : (∅ : Std.HashSet Nat).contains k = false := by
  simp
