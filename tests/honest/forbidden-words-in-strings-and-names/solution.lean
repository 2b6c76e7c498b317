def message : String := "replace the sorry"

def sorry_free : String := "axiom cheat : False := by sorry -- native_decide"

theorem no_axiom : sorry_free ≠ "" := by decide

theorem message_length : message.length = 17 := by
  rfl

namespace axiomOfChoice
theorem unsafe_looking (p : Prop) (h : p) : p ∨ ¬p := Or.inl h
end axiomOfChoice

theorem of_axioms (choice : Prop) (h : choice) : choice ∨ ¬choice :=
  axiomOfChoice.unsafe_looking choice h
