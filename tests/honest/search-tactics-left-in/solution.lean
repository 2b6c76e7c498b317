theorem flip_eq (a b : Nat) (h : a = b) : b = a := by exact?
theorem sum_flip (a b c : Nat) : a + b + c = c + (a + b) := by apply?
theorem nil_end (xs : List Nat) : xs ++ [] = xs := by simp?
