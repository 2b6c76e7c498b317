def f (o : Option Nat) : Nat := match o with | none => 0 | some n => n
def g (o : Option Nat) : Nat := match o with | none => 1 | some n => n
theorem t (o : Option Nat) : f o ≤ g o := by
  sorry
