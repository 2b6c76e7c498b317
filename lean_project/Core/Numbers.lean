/-!
# Numbers: functions by recursion, theorems by induction
-/

namespace ProofAgent.Numbers

variable (m n : Nat)

/-- Twice `n`, by recursion. -/
@[simp, grind =] def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

/-- Doubling respects sums. The one thing that is missing is what `double` is in closed form. -/
theorem double_add : double (m + n) = double m + double n := by
  have double_eq : ∀ k, double k = 2 * k := by
    sorry
  rw [double_eq, double_eq, double_eq, Nat.mul_add]

/-- `0 + 1 + ... + n`. -/
@[simp, grind =] def sum : Nat → Nat
  | 0 => 0
  | n + 1 => sum n + (n + 1)

/-- A sum is at least its last term. -/
theorem le_sum : n ≤ sum n := by
  sorry

/-- Gauss's formula, without a division. -/
theorem two_mul_sum : 2 * sum n = n * (n + 1) := by
  sorry

/-- `1 + 3 + ... + (2 n - 1)`. -/
@[simp, grind =] def sumOdd : Nat → Nat
  | 0 => 0
  | n + 1 => sumOdd n + (2 * n + 1)

/-- The sum of the first `n` odd numbers is a square. -/
theorem sumOdd_eq : sumOdd n = n * n := by
  sorry

/-- The factorial. -/
@[simp, grind =] def factorial : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

/-- A factorial is never zero. -/
theorem factorial_pos : 0 < factorial n := by
  sorry

/-- The Fibonacci numbers. -/
@[simp, grind =] def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

/-- `fib 1 + ... + fib n`. -/
@[simp, grind =] def sumFib : Nat → Nat
  | 0 => 0
  | n + 1 => sumFib n + fib (n + 1)

/-- The sum of the first Fibonacci numbers is a Fibonacci number less one. -/
theorem sumFib_add_one : sumFib n + 1 = fib (n + 2) := by
  sorry

/-- Fermat's little theorem for 3, in a form without powers. -/
theorem three_dvd : 3 ∣ n * n * n + 2 * n := by
  sorry

/-- `1, -1, 1, -1, ...` -/
@[simp, grind =] def sign : Nat → Int
  | 0 => 1
  | n + 1 => -sign n

/-- Signs are square roots of one. -/
theorem sign_mul_self : sign n * sign n = 1 := by
  sorry

end ProofAgent.Numbers
