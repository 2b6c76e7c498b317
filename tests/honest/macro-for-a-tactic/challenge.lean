theorem bool_facts (a b : Bool) : (a || b) = (b || a) ∧ (a && !a) = false := by
  sorry
