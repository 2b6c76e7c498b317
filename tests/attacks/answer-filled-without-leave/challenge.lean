def answer : Nat := sorry
theorem answer_spec : ∀ n : Nat, n * n ≠ 2 ∨ n = answer := sorry
