theorem sum_odd (n : Nat) : (List.range n).foldl (fun s k => s + (2 * k + 1)) 0 = n * n := by
  exact closed n
where
  twice (k : Nat) : Nat := k + k
  /-- One step further. -/
  step (n : Nat) : n * n + (2 * n + 1) = (n + 1) * (n + 1) := by
    simp only [Nat.add_mul, Nat.mul_add]
    omega
  closed : ∀ n, (List.range n).foldl (fun s k => s + (2 * k + 1)) 0 = n * n
    | 0 => rfl
    | n + 1 => by
      rw [List.range_succ, List.foldl_append, closed n]
      exact step n
