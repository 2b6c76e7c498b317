theorem helper (xs : Array Nat) (h : 3 < xs.size) : xs[2] + 1 ≠ xs[2] := by omega
theorem t (xs : Array Nat) (h : 3 < xs.size) : xs[2] + 0 = xs[2] := by rfl
