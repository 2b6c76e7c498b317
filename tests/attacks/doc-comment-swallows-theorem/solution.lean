/-- The proof is below.
theorem two_le_one : 2 ≤ 1 := by
  decide
-/
theorem other : True := trivial
