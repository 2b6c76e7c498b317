theorem add_zero_left (n : Nat) : 0 + n = n := sorry

theorem map_id' {α : Type} (xs : List α) : xs.map (fun x => x) = xs := sorry

theorem trans' {α : Type} {a b c : α} (h : a = b) (k : b = c) : a = c := sorry
