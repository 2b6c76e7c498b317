/-- A docstring
over two lines. -/
theorem crlf (a b c : Nat) (h : a ≤ b) : a + c ≤ b + c := by
  -- a comment
  have k : a ≤ b := h
  exact Nat.add_le_add_right k c
