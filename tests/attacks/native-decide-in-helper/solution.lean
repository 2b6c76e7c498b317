private theorem table : (List.range 100).foldl (· + ·) 0 = 4950 := by native_decide

theorem sums : (List.range 100).foldl (· + ·) 0 = 4950 ∧ True :=
  ⟨table, trivial⟩
