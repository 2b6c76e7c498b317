/-! # A file -/

/-- What is to be shown. -/
theorem commented (a b c : Nat) (h : a < b) : a + c < b + c := by
  /- to do -/
  sorry
