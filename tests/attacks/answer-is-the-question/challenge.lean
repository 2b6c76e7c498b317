def answer : Prop := sorry
theorem twin_primes : answer ↔ ∀ n : Nat, ∃ p, n < p ∧ p % 6 = 5 := sorry
