def loop : Nat → Nat → Nat
  | 0, acc => acc
  | n + 1, acc => loop n (acc + 2 * n + 1)

theorem loop_eq (n : Nat) : ∀ acc, loop n acc = acc + n * n := by
  induction n with
  | zero => intro acc; rfl
  | succ n ih =>
    intro acc
    have : (n + 1) * (n + 1) = n * n + 2 * n + 1 := by
      rw [Nat.add_mul, Nat.mul_add]; omega
    rw [loop, ih, this]
    omega

theorem loop_square (n : Nat) : loop n 0 = n * n := by
  simpa using loop_eq n 0
