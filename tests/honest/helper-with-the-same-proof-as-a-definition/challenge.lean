def f : Fin 5 := ⟨2, by decide⟩
theorem t : f.val = 2 := by
  sorry
