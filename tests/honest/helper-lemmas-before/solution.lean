def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem double_eq (n : Nat) : double n = 2 * n := by
  induction n with
  | zero => rfl
  | succ n ih => simp only [double, ih]; omega

theorem double_mono {m n : Nat} (h : m ≤ n) : double m ≤ double n := by
  rw [double_eq, double_eq]; omega

theorem double_add (m n : Nat) : double (m + n) = double m + double n := by
  simp only [double_eq]
  omega
