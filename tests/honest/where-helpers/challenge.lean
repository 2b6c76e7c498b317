theorem sum_odd (n : Nat) : (List.range n).foldl (fun s k => s + (2 * k + 1)) 0 = n * n := by
  sorry
