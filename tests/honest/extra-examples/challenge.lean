def collatz (n : Nat) : Nat := if n % 2 = 0 then n / 2 else 3 * n + 1

example : collatz 6 = 3 := rfl

theorem collatz_even (n : Nat) : collatz (2 * n) = n := by
  sorry
