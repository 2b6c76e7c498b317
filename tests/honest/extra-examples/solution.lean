def collatz (n : Nat) : Nat := if n % 2 = 0 then n / 2 else 3 * n + 1

example : collatz 6 = 3 := rfl
example : collatz 7 = 22 := by decide

theorem collatz_even (n : Nat) : collatz (2 * n) = n := by
  unfold collatz
  rw [if_pos (Nat.mul_mod_right 2 n)]
  exact Nat.mul_div_cancel_left n (by decide)

example (n : Nat) : collatz (collatz (2 * (2 * n))) = n := by rw [collatz_even, collatz_even]
example : ∃ n, collatz n = 1 := ⟨2, collatz_even 1⟩
