def log2 (n : Nat) : Nat :=
  if h : n ≤ 1 then 0 else log2 (n / 2) + 1
termination_by n
decreasing_by exact Nat.div_lt_self (by omega) (by decide)

def ack : Nat → Nat → Nat
  | 0, n => n + 1
  | m + 1, 0 => ack m 1
  | m + 1, n + 1 => ack m (ack (m + 1) n)
termination_by m n => (m, n)

theorem log2_8 : log2 8 = 3 := by
  rw [log2, log2, log2, log2]
  rfl
theorem ack_pos (m n : Nat) : 0 < ack m n := by
  fun_induction ack m n with
  | case1 n => exact Nat.succ_pos n
  | case2 m ih => exact ih
  | case3 m n ih₁ ih₂ => exact ih₂
theorem pow_log2_le (n : Nat) (h : 0 < n) : 2 ^ log2 n ≤ n := by
  fun_induction log2 n with
  | case1 n h' => simpa using h
  | case2 n h' ih =>
    rw [Nat.pow_succ]
    have := ih (by omega)
    omega
