theorem le_double (n : Nat) : n ≤ n * 2 ∧ (n = 0 ∨ 0 < n) := by
  refine ⟨?double, ?_⟩
  case double => omega
  cases n
  case zero => exact .inl rfl
  next k =>
    right
    exact Nat.succ_pos k

theorem from_pieces (p : Nat → Prop) (zero : p 0) (step : ∀ n, p n → p (n + 1)) : p 3 := by
  refine step _ (step _ ?_)
  have one := step 0 ?base
  · exact one
  case base => exact show p 0 from zero
