theorem below_zero : ∃ n : Nat, n < 0 := by
  exact ⟨_, _⟩
