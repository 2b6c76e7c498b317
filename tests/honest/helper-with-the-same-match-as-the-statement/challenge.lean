theorem t (o : Option Nat) : (match o with | none => 0 | some n => n) ≤ (match o with | none => 0 | some n => n + 1) := by
  sorry
