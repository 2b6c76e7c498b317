def proof : String := "
theorem two_le_one : 2 ≤ 1 := by
  decide
"
theorem other : proof.length = proof.length := rfl
