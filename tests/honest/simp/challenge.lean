theorem append_nil_twice {α : Type} (xs ys : List α) : (xs ++ []) ++ (ys ++ []) = xs ++ ys := by
  sorry

theorem filter_twice {α : Type} (p : α → Bool) (xs : List α) : (xs.filter p).filter p = xs.filter p := by
  sorry

theorem mem_both {α : Type} (a : α) (xs ys : List α) (h : a ∈ xs ++ ys) (k : a ∉ xs) : a ∈ ys := by
  sorry
