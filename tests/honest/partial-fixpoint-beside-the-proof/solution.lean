def search (p : Nat → Bool) (n : Nat) : Option Nat :=
  if p n then some n else search p (n + 1)
partial_fixpoint

theorem halt (n : Nat) : n - n = 0 := by
  exact Nat.sub_self n
