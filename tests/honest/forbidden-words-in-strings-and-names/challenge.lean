def message : String := "replace the sorry"

theorem message_length : message.length = 17 := by
  sorry

theorem of_axioms (choice : Prop) (h : choice) : choice ∨ ¬choice := by
  sorry
