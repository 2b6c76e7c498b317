structure P where
  x : Nat
instance : Add P where add a b := ⟨a.x + b.x⟩
instance : Mul Nat := ⟨Nat.add⟩
theorem t (a b : P) : a + b = b + a := sorry
