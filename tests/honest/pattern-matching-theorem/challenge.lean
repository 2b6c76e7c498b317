theorem zero_add' : ∀ n : Nat, 0 + n = n := sorry

theorem length_append' {α : Type} (ys : List α) : ∀ xs : List α, (xs ++ ys).length = xs.length + ys.length := sorry
