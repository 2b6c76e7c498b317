theorem flip_eq (a b : Nat) (h : a = b) : b = a := sorry
theorem sum_flip (a b c : Nat) : a + b + c = c + (a + b) := sorry
theorem nil_end (xs : List Nat) : xs ++ [] = xs := sorry
