theorem no_number (n : Nat) : n < n :=
  absurd (no_number (n + 1)) (Nat.lt_irrefl _ |> fun h => (h (no_number (n + 1))).elim)
termination_by n
decreasing_by all_goals sorry
