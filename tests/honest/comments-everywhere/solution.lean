/-! # A file
with `theorem commented : False := sorry` in its prose, and a "quote -/

/-- What is to be shown. -/
theorem commented (a b c : Nat) (h : a < b) : a + c < b + c := by
  /- first attempt:
     induction c with
     | zero => sorry /- nested: "not closed -/
     | succ => exact axiom -/
  -- second attempt \ with a backslash
  exact step h c -- " unbalanced
where
  /-- Monotone. -/ step {a b : Nat} (h : a < b) (c : Nat) : a + c < b + c :=
    Nat.add_lt_add_right h c
-- done; #exit is not needed
