def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib (n + 1) + fib n

theorem fib_10 : fib 10 = 55 := rfl

theorem fib_step (n : Nat) : fib (n + 2) = fib (n + 1) + fib n := by rfl

theorem beta (α : Type) (f : α → α) : (fun x => f x) = f := Eq.refl f

theorem eta (p : Nat × Nat) : (p.1, p.2) = p := by
  eq_refl
