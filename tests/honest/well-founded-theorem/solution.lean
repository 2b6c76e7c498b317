theorem two_pow_gt (n : Nat) : ∃ k, n < 2 ^ k :=
  if h : n = 0 then ⟨0, by simp [h]⟩
  else
    have ⟨k, hk⟩ := two_pow_gt (n / 2)
    ⟨k + 1, by rw [Nat.pow_succ]; omega⟩
termination_by n
decreasing_by
  exact Nat.div_lt_self (Nat.pos_of_ne_zero h) (by decide)
