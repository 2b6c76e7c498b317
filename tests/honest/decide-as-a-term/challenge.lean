theorem five_le : 5 ≤ 12 := sorry

theorem not_dvd : ¬ 7 ∣ 100 := sorry

theorem three_elems (f : Fin 3 → Bool) : f 0 = f 1 ∨ f 1 = f 2 ∨ f 0 = f 2 := sorry
