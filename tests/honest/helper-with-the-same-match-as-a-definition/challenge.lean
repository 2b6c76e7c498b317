def f (o : Option Nat) : Nat := match o with | none => 0 | some n => n
theorem t (o : Option Nat) : f o = o.getD 0 := by
  sorry
