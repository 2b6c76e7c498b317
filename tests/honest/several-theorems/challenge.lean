def pow (b : Nat) : Nat → Nat
  | 0 => 1
  | n + 1 => pow b n * b

theorem pow_one (b : Nat) : pow b 1 = b := sorry
theorem pow_add (b m n : Nat) : pow b (m + n) = pow b m * pow b n := sorry
theorem pow_mul (b m n : Nat) : pow b (m * n) = pow (pow b m) n := sorry
theorem one_pow (n : Nat) : pow 1 n = 1 := sorry
