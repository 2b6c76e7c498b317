axiom oracle : Nat → Nat
axiom oracle_spec : ∀ n, oracle n ≤ n
theorem oracle_zero : oracle 5 = 0 := sorry
