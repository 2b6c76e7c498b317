theorem inner (a b c : Nat) : a + (b + c) = a + (c + b) := by
  sorry

theorem under_binder (f : Nat → Nat) (h : ∀ x, f x = x) : (fun x => f (x + 0)) = fun x => x := by
  sorry
