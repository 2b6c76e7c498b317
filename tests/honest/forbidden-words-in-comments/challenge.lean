/-- The successor is injective. Replace the `sorry`. -/
theorem succ_inj' (a b : Nat) (h : a + 1 = b + 1) : a = b := by
  sorry
