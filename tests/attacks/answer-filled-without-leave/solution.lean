def answer : Nat := 1
theorem answer_spec : ∀ n : Nat, n * n ≠ 2 ∨ n = answer := by
  intro n
  left
  intro h
  match n with
  | 0 | 1 => contradiction
  | n + 2 => have := Nat.mul_le_mul (Nat.le_add_left 2 n) (Nat.le_add_left 2 n); omega
