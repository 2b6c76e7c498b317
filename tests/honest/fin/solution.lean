theorem wrap : (7 : Fin 8) + 3 = 2 := rfl
theorem squares (a : Fin 12) : a * a = 0 ∨ a * a = 1 ∨ a * a = 4 ∨ a * a = 9 := by
  revert a; decide
theorem fin_ext {n : Nat} (a b : Fin n) (h : a.val = b.val) : a = b := Fin.ext h
theorem pigeon (f : Fin 3 → Fin 2) : ∃ i j, i ≠ j ∧ f i = f j := by
  have h : ∀ a b c : Fin 2, a = b ∨ b = c ∨ a = c := by decide
  rcases h (f 0) (f 1) (f 2) with h | h | h
  · exact ⟨0, 1, by decide, h⟩
  · exact ⟨1, 2, by decide, h⟩
  · exact ⟨0, 2, by decide, h⟩
