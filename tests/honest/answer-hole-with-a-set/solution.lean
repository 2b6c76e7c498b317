def solutions : Nat → Prop := fun n => n = 2 ∨ n = 3

theorem large (n : Nat) (h : 5 ≤ n) : 5 * n < n * n + 6 := by
  have := Nat.mul_le_mul_right n h
  omega

theorem solutions_correct (n : Nat) : solutions n ↔ n * n + 6 = 5 * n := by
  show n = 2 ∨ n = 3 ↔ _
  rcases Nat.lt_or_ge n 5 with h | h
  · match n, h with
    | 0, _ | 1, _ | 2, _ | 3, _ | 4, _ => decide
  · have := large n h
    omega
