private def total : List Nat → Nat
  | [] => 0
  | x :: xs => x + total xs

private theorem total_eq (xs : List Nat) : xs.foldr (· + ·) 0 = total xs := by
  induction xs with
  | nil => rfl
  | cons x xs ih => simp only [List.foldr_cons, total, ih]

private theorem total_append (xs ys : List Nat) : total (xs ++ ys) = total xs + total ys := by
  induction xs with
  | nil => exact (Nat.zero_add _).symm
  | cons x xs ih =>
    show x + total (xs ++ ys) = x + total xs + total ys
    rw [ih, Nat.add_assoc]

theorem sum_comm (xs ys : List Nat) : (xs ++ ys).foldr (· + ·) 0 = (ys ++ xs).foldr (· + ·) 0 := by
  rw [total_eq, total_eq, total_append, total_append, Nat.add_comm]
