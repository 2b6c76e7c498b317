def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem double_add (m n : Nat) : double (m + n) = double m + double n := by
  sorry
