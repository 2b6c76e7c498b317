def minN : Nat → Nat → Nat
  | 0, _ => 0
  | _, 0 => 0
  | m + 1, n + 1 => minN m n + 1

theorem minN_comm (m n : Nat) : minN m n = minN n m := sorry
theorem minN_le (m n : Nat) : minN m n ≤ m := sorry
