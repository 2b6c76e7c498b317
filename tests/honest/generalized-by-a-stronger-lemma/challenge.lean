def loop : Nat → Nat → Nat
  | 0, acc => acc
  | n + 1, acc => loop n (acc + 2 * n + 1)

theorem loop_square (n : Nat) : loop n 0 = n * n := by
  sorry
