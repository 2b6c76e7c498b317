def steps : Nat → Nat
  | 0 => 0
  | 1 => 0
  | n + 2 => steps n + 1

theorem steps_half (n : Nat) : steps n = n / 2 := by
  sorry
