/-!
# Choices: truth values, options and an enumeration

Nothing is recursive here: the proofs are case analyses.
-/

namespace ProofAgent.Choices

/-- The colours of a traffic light. -/
inductive Light
  | red
  | green
  | amber

namespace Light

/-- What a traffic light shows next. -/
@[grind =] def next : Light → Light
  | red => green
  | green => amber
  | amber => red

/-- Three changes make a round. -/
theorem next_next_next (l : Light) : l.next.next.next = l := by
  sorry

/-- A light that changes shows something else. -/
theorem next_ne (l : Light) : l.next ≠ l := by
  sorry

end Light

section Option

variable {α β : Type}

/-- The first of two values that is there. -/
def first : Option α → Option α → Option α
  | some a, _ => some a
  | none, y => y

/-- Which of three values comes first does not depend on how they are grouped. -/
theorem first_assoc (x y z : Option α) : first (first x y) z = first x (first y z) := sorry

/-- A function may be applied before or after the choice. -/
theorem map_first (f : α → β) (x y : Option α) : (first x y).map f = first (x.map f) (y.map f) := sorry

end Option

section Bool

variable (a b c : Bool)

/-- What two of three say. -/
@[grind =] def majority : Bool → Bool → Bool → Bool
  | true, b, c => b || c
  | false, b, c => b && c

/-- A majority for the opposite is the opposite of the majority. -/
theorem majority_not : majority (!a) (!b) (!c) = !majority a b c := by
  sorry

/-- It does not matter who votes first. -/
theorem majority_rotate : majority a b c = majority b c a := by
  sorry

end Bool

end ProofAgent.Choices
