theorem code : 'a'.toNat = 97 := rfl
theorem two_strings (s t : String) : (s ++ t).length = t.length + s.length := by
  rw [String.length_append]
  exact Nat.add_comm ..
theorem as_list : "abc".toList = ['a', 'b', 'c'] := by rfl
theorem distinct : "lean" ≠ "learn" := by decide
theorem vowels (c : Char) (h : c ∈ ['a', 'e']) : c.isAlpha = true := by
  simp at h
  rcases h with rfl | rfl <;> decide
