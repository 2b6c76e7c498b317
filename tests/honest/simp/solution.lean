theorem append_nil_twice {α : Type} (xs ys : List α) : (xs ++ []) ++ (ys ++ []) = xs ++ ys := by
  simp only [List.append_nil]

theorem filter_twice {α : Type} (p : α → Bool) (xs : List α) : (xs.filter p).filter p = xs.filter p := by
  simp [List.filter_filter]

theorem mem_both {α : Type} (a : α) (xs ys : List α) (h : a ∈ xs ++ ys) (k : a ∉ xs) : a ∈ ys := by
  simp only [List.mem_append] at h
  simpa [k] using h
