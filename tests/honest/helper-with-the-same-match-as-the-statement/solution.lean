theorem helper (o : Option Nat) : (match o with | none => 0 | some n => n) = o.getD 0 := by
  cases o <;> rfl
theorem t (o : Option Nat) : (match o with | none => 0 | some n => n) ≤ (match o with | none => 0 | some n => n + 1) := by
  cases o
  · exact Nat.le_refl _
  · exact Nat.le_succ _
