def answer : Nat := sorry

theorem answer_correct : ∀ n : Nat, 0 < n → (n ∣ 12 ∧ n ∣ 18 → n ≤ answer) ∧ answer ∣ 12 ∧ answer ∣ 18 := by
  sorry
