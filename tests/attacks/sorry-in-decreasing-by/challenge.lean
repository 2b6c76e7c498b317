theorem no_number (n : Nat) : n < n := sorry
