theorem add_assoc_rev (a b c : Nat) : c + (b + a) = c + b + a := sorry

theorem replicate_len (n : Nat) : (List.replicate n 'x').length = n := sorry
