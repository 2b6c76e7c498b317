theorem wrap : (7 : Fin 8) + 3 = 2 := sorry
theorem squares (a : Fin 12) : a * a = 0 ∨ a * a = 1 ∨ a * a = 4 ∨ a * a = 9 := sorry
theorem fin_ext {n : Nat} (a b : Fin n) (h : a.val = b.val) : a = b := sorry
theorem pigeon (f : Fin 3 → Fin 2) : ∃ i j, i ≠ j ∧ f i = f j := sorry
