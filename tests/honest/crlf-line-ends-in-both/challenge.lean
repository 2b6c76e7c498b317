def poem : String := "one
two"

theorem poem_length : poem.length = 7 := by
  sorry
