def total (xs : List Nat) : Nat := xs.foldr (· + ·) 0
theorem tt (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  induction xs with
  | nil => simp [total]
  | cons x xs ih => simp only [total, List.cons_append, List.foldr_cons] at ih ⊢; omega
theorem t (xs ys : List Nat) : total (xs ++ ys) = total (ys ++ xs) := by
  rw [tt, tt, Nat.add_comm]
