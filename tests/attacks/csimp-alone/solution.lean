def slow (n : Nat) : Nat := n
def fast (n : Nat) : Nat := n

@[csimp] theorem slow_eq_fast : @slow = @fast := by
  funext n; rfl

theorem add_swap (a b : Nat) : a + b = b + a := by
  omega
