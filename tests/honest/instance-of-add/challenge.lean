structure P where
  x : Nat
instance : Add P := ⟨fun a b => ⟨a.x + b.x⟩⟩
theorem t (a b : P) : a + b = b + a := sorry
