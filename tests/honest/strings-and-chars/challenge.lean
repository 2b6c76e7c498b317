theorem code : 'a'.toNat = 97 := sorry
theorem two_strings (s t : String) : (s ++ t).length = t.length + s.length := sorry
theorem as_list : "abc".toList = ['a', 'b', 'c'] := sorry
theorem distinct : "lean" ≠ "learn" := sorry
theorem vowels (c : Char) (h : c ∈ ['a', 'e']) : c.isAlpha = true := sorry
