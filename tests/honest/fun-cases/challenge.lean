def clamp (lo hi n : Nat) : Nat :=
  if n < lo then lo else if hi < n then hi else n

theorem clamp_le (lo hi n : Nat) (h : lo ≤ hi) : clamp lo hi n ≤ hi := by
  sorry

theorem le_clamp (lo hi n : Nat) (h : lo ≤ hi) : lo ≤ clamp lo hi n := by
  sorry
