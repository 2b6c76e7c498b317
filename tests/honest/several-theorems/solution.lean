def pow (b : Nat) : Nat → Nat
  | 0 => 1
  | n + 1 => pow b n * b

theorem pow_one (b : Nat) : pow b 1 = b := by simp [pow]
theorem pow_add (b m n : Nat) : pow b (m + n) = pow b m * pow b n := by
  induction n with
  | zero => simp [pow]
  | succ n ih => rw [← Nat.add_assoc, pow, ih, pow, Nat.mul_assoc]
theorem pow_mul (b m n : Nat) : pow b (m * n) = pow (pow b m) n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [Nat.mul_succ, pow_add, ih, pow]
theorem one_pow (n : Nat) : pow 1 n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [pow, ih]
