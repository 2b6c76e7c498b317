noncomputable section
def total (xs : List Nat) : Nat := xs.foldr (· + ·) 0
def doubled (xs : List Nat) : List Nat := xs.map (2 * ·) ++ []

theorem total_doubled (xs : List Nat) : total (doubled xs) = 2 * total xs := by
  sorry
end
