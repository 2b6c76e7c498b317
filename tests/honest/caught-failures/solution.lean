theorem caught (a b : Nat) (h : a = b) : b + 0 = a ∧ a ≤ b := by
  fail_if_success rfl
  constructor
  · first
      | rfl
      | exact h
      | exact h.symm
  · try rw [Nat.mul_comm]
    solve
      | assumption
      | (exact h ▸ Nat.le_refl a)
