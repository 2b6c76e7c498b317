def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib (n + 1) + fib n

theorem fib_10 : fib 10 = 55 := sorry

theorem fib_step (n : Nat) : fib (n + 2) = fib (n + 1) + fib n := sorry

theorem beta (α : Type) (f : α → α) : (fun x => f x) = f := sorry

theorem eta (p : Nat × Nat) : (p.1, p.2) = p := sorry
