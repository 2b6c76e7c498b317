section
variable {α : Type} [DecidableEq α] (xs : List α) (unused : Nat)

omit [DecidableEq α] in
theorem filter_le' (p : α → Bool) : (xs.filter p).length ≤ xs.length := by
  induction xs with
  | nil => simp
  | cons x xs ih =>
    rw [List.filter_cons]
    split <;> simp only [List.length_cons] <;> omega

theorem filter_le (a : α) : (xs.filter (· = a)).length ≤ xs.length :=
  filter_le' xs _
end
