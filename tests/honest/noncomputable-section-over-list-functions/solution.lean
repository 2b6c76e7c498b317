noncomputable section
def total (xs : List Nat) : Nat := xs.foldr (· + ·) 0
def doubled (xs : List Nat) : List Nat := xs.map (2 * ·) ++ []

theorem total_doubled (xs : List Nat) : total (doubled xs) = 2 * total xs := by
  simp only [total, doubled, List.append_nil]
  induction xs with
  | nil => rfl
  | cons x xs ih =>
    rw [List.map_cons, List.foldr_cons, List.foldr_cons, ih]
    omega
end
