theorem inner (a b c : Nat) : a + (b + c) = a + (c + b) := by
  conv =>
    lhs
    arg 2
    rw [Nat.add_comm]

theorem under_binder (f : Nat → Nat) (h : ∀ x, f x = x) : (fun x => f (x + 0)) = fun x => x := by
  conv => enter [1, x]; rw [Nat.add_zero, h]
