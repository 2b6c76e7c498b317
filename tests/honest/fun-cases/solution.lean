def clamp (lo hi n : Nat) : Nat :=
  if n < lo then lo else if hi < n then hi else n

theorem clamp_le (lo hi n : Nat) (h : lo ≤ hi) : clamp lo hi n ≤ hi := by
  fun_cases clamp lo hi n <;> omega

theorem le_clamp (lo hi n : Nat) (h : lo ≤ hi) : lo ≤ clamp lo hi n := by
  unfold clamp
  split
  · exact Nat.le_refl lo
  · split
    · exact h
    · next h₁ _ => exact Nat.le_of_not_lt h₁
