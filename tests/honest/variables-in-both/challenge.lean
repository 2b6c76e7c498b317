section
variable {α : Type} [DecidableEq α] (xs : List α) (unused : Nat)

theorem filter_le (a : α) : (xs.filter (· = a)).length ≤ xs.length := by
  sorry
end
