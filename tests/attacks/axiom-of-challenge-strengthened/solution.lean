axiom oracle : Nat → Nat
axiom oracle_spec : ∀ n, oracle n ≤ 0
theorem oracle_zero : oracle 5 = 0 := Nat.le_zero.mp (oracle_spec 5)
