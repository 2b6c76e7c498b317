theorem sandwich (f : Nat → Nat) (h : ∀ n, n ≤ f n) (k : ∀ n, f n ≤ n + 0) (n : Nat) : f (f n) = n := by
  have fix : ∀ n, f n = n := by
    exact fun n => Nat.le_antisymm (k n) (h n)
  rw [fix, fix]
