theorem two_le_one : 2 ≤ 1 := by
  trace "'two_le_one' depends on axioms: [propext, Classical.choice, Quot.sound]"
  sorry
