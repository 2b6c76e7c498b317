theorem add_sq (a b : Nat) : (a + b) ^ 2 = a ^ 2 + 2 * (a * b) + b ^ 2 := by
  simp only [Nat.pow_two, Nat.add_mul, Nat.mul_add, Nat.mul_comm b a]
  omega

theorem add_one_sq (a : Nat) : (a + 1) ^ 2 = a ^ 2 + 2 * a + 1 := by
  simpa using add_sq a 1

abbrev IsSquare (n : Nat) : Prop := ∃ m, n = m ^ 2

theorem isSquare_odd_sum (a : Nat) : IsSquare (a ^ 2 + 2 * a + 1) :=
  ⟨a + 1, (add_one_sq a).symm⟩

example : IsSquare 49 := ⟨7, rfl⟩
example : IsSquare (6 ^ 2 + 2 * 6 + 1) := isSquare_odd_sum 6
