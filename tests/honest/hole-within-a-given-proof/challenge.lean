theorem sandwich (f : Nat → Nat) (h : ∀ n, n ≤ f n) (k : ∀ n, f n ≤ n + 0) (n : Nat) : f (f n) = n := by
  have fix : ∀ n, f n = n := by
    sorry
  rw [fix, fix]
