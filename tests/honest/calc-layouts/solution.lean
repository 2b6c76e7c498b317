theorem square_of_sum (a b : Nat) : (a + b) * (a + b) = a * a + 2 * (a * b) + b * b :=
  calc (a + b) * (a + b)
    _ = (a + b) * a + (a + b) * b := Nat.mul_add ..
    _ = a * a + b * a + (a * b + b * b) := by rw [Nat.add_mul, Nat.add_mul]
    _ = a * a + (a * b + a * b) + b * b := by rw [Nat.mul_comm b a]; ac_rfl
    _ = a * a + 2 * (a * b) + b * b := by rw [Nat.two_mul]

theorem chain (a b c d : Nat) (h₁ : a ≤ b) (h₂ : b < c) (h₃ : c = d) : a < d :=
  calc
    a ≤ b := h₁
    b < c := h₂
    c = d := h₃

theorem triple (n : Nat) : n + n + n = 3 * n := by
  calc n + n + n
      = n + (n + n) := by
        exact Nat.add_assoc n n n
    _ = n + 2 * n := by
        rw [Nat.two_mul]
    _ = 3 * n := by omega
